"""Zone of Social Creativity as an installed package: its command, and what programs of others use of it."""
