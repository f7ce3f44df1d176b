"""What other programs of a city call: a client of the tables and indicators, a command, a server for assistants."""
