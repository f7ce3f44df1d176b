"""Activity codes from NACE Rev. 2 to 2.1."""

from data import scopes
from data.definitions._common import OWN, Definition, Entry, code

TABLE = Definition(
    Entry("nace_bridge", "world", "NACE Rev. 2 to NACE Rev. 2.1 for the classes of the scopes", **OWN, unit="code"),
    columns={"nace_2": code(r"\d{2}\.\d{2}"), "nace_2_1": code(r"\d{2}\.\d{2}")},
    key=["nace_2", "nace_2_1"],
    make=lambda *_: scopes.nace_bridge(),
)
