"""What is wrong with a pack, one finding a fault, and the error that carries all of them."""

from __future__ import annotations

from dataclasses import dataclass

from data.errors import DataError, SourceError


@dataclass(frozen=True)
class Finding:
    """One thing wrong. level: 'error' stops the build, 'warning' does not."""

    level: str
    file: str
    what: str
    hint: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        """One sentence for people."""
        return str(SourceError(self.file, self.what, column=self.column, row=self.row, hint=self.hint))


class PackError(DataError):
    """A pack that cannot be used; its findings are in `findings`."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(map(str, findings)))
