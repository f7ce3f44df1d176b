"""One module a publisher: raw files in the publisher's layout -> tables in the house's tidy schema."""
