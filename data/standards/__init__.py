"""Standards in: data packages (Frictionless, CSV on the Web), SDMX messages, DCAT catalogues; all of them hostile."""
