"""Tables in CSV and XLSX files: encoding, separator, sheet and header row; what stands above and below is left out."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import charset_normalizer
import numpy as np
import pandas as pd

from data.city.pack_settings import Part
from data.errors import SourceError
from data.translation import N_, as_part

ENCODINGS = [  # in the order in which they are taken where a short file fits several alike
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_u"),
    *("cp949", "cp932", "gb18030", "big5", "euc_jp"),
]
DAILY = {"cp949": "euc_kr", "gb18030": "gb2312", "cp932": "shift_jis"}
LOOKED_AT = 200  # lines from the start, and from the end, where a header and notes can be
NOTE = re.compile(
    r"\W*\d?\W*(sources?|notes?|quellen?|hinweise?|anmerkung(en)?|stand|fuentes?|notas?|remarques?|джерел[оа]"
    r"|примітк[аи]|المصدر|ملاحظ\w*|©|\(c\))\s*[:©]",
    re.IGNORECASE,
)
_CP1252 = {ord(bytes([code]).decode("cp1252")): code for code in range(128, 160) if code not in b"\x81\x8d\x8f\x90\x9d"}
csv.field_size_limit(100_000_000)  # an outline in a cell is long


@dataclass
class FileTable:
    """A file's rows, the row number of the first (as an editor counts), and what is odd about the file: what, hint."""

    rows: pd.DataFrame
    first_row: int
    warnings: list[tuple[str, str]] = field(default_factory=list)


def read_csv(path: Path, name: str, part: Part) -> FileTable:
    """The table in a CSV file. Raises SourceError, ValueError."""
    try:
        text, warnings = decoded(path.read_bytes(), part.encoding)
    except ValueError as fault:
        hint = N_('Save it as UTF-8, or state its encoding in city.toml: encoding = "cp1251"')
        raise SourceError(
            name, N_("the file cannot be read as csv ({fault})", fault=as_part(fault.args[0])), hint=hint
        ) from fault
    if "\x00" in text:
        raise ValueError(N_("it holds zero bytes"))
    text = text if "\n" in text else text.replace("\r", "\n")  # ends of lines of an old Macintosh
    text = re.sub(r"^sep=.\r?\n", "\n", text)  # a line for a spreadsheet alone
    lines = list(islice(io.StringIO(text, newline=""), LOOKED_AT))
    separator = _separator(lines)
    reader = csv.reader(lines, delimiter=separator)
    records, line_ends = [], []
    for record in reader:
        records.append([cell.strip() for cell in record])
        line_ends.append(reader.line_num)
    header = _header(records, line_ends, name, part.header)
    columns, first_line = records[header], line_ends[header]
    width = max([len(columns), *map(len, records[header + 1 :][:20])]) if len(columns) > 1 else 1
    body = text[sum(map(len, lines[:first_line])) :]
    body, below = _without_notes(body, separator, len(columns))
    try:
        rows = pd.read_csv(
            io.StringIO(body, newline=""),
            sep=separator,
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError:
        rows = pd.DataFrame(columns=range(width), dtype=str)
    except pd.errors.ParserError as fault:
        raise _ragged(fault, name, first_line, len(columns)) from fault
    table = _named(rows.dropna(how="all"), columns, name, first_line + 1)
    above = [" ".join(filter(None, record)) for record in records[:header] if any(record)]
    return FileTable(table, first_line + 1, warnings + _left_out(above, below, first_line))


def read_excel(path: Path, name: str, part: Part) -> FileTable:
    """The table in a sheet of an XLSX file, the first that holds one where none is named. Raises SourceError."""
    with pd.ExcelFile(path, engine="openpyxl") as book:
        names = [str(sheet) for sheet in book.sheet_names]
        if part.sheet and part.sheet not in names:
            hint = N_("Mend sheet = ... in city.toml; the file has {names}", names=", ".join(names[:12]))
            raise SourceError(name, N_("there is no sheet '{sheet}'", sheet=part.sheet), hint=hint)
        for sheet in [part.sheet] if part.sheet else names:
            cells = book.parse(sheet, header=None, dtype=object, keep_default_na=False, na_values=[""])
            if min(cells.dropna(how="all").shape) > 1:
                break
    records = [["" if pd.isna(cell) else str(cell).strip() for cell in row] for row in cells.to_numpy()[:LOOKED_AT]]
    header = _header(records, list(range(1, len(records) + 1)), name, part.header) if records else 0
    rows = cells.iloc[header + 1 :].reset_index(drop=True)
    end = ["" if pd.isna(cell) else str(cell).strip() for cell in rows.iloc[-LOOKED_AT:, 0]] if len(rows) else []
    filled = rows.tail(LOOKED_AT).notna().sum(axis=1)
    below = _notes([(text, count, True) for text, count in zip(end, filled, strict=True)]) if rows.shape[1] > 1 else []
    rows = rows.head(len(rows) - len(below)).dropna(how="all")
    table = _named(rows, records[header] if records else [], name, header + 2).infer_objects()
    above = [" ".join(filter(None, record)) for record in records[:header] if any(record)]
    warnings = _left_out(above, below, header + 1)
    if len(names) > 1 and not part.sheet:
        hint = N_('If another is meant, write sheet = "..." in city.toml')
        warnings.insert(0, (N_("the file has {n} sheets; '{sheet}' was read", n=len(names), sheet=sheet), hint))
    return FileTable(table, header + 2, warnings)


def decoded(raw: bytes, stated: str) -> tuple[str, list[tuple[str, str]]]:
    """The text of a file, and which encoding was assumed. Raises ValueError if it has another than stated, or none."""
    if stated:
        try:
            return raw.decode(stated).removeprefix("\ufeff"), []
        except UnicodeDecodeError as fault:
            raise ValueError(
                N_("it is not in the encoding {encoding} that city.toml states", encoding=stated)
            ) from fault
    try:
        text, encoding = raw.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = "", ""
    if not encoding or "\x00" in text[:1000]:
        encoding = _wide_encoding(raw) or encoding or likeliest_encoding(raw)
        text = raw.decode(encoding).removeprefix("\ufeff")
    if encoding != "utf-8":
        hint = N_(
            'Save it as UTF-8; if letters are wrong, state encoding = "..." in city.toml (now {encoding})',
            encoding=encoding,
        )
        return text, [(N_("the file is not in UTF-8; it was read as {encoding}", encoding=encoding), hint)]
    return _put_right(text)


def _wide_encoding(raw: bytes) -> str:
    """UTF-16 or UTF-32, with a mark of the order of bytes or without; '' for another."""
    marks = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    stated = next((encoding for mark, encoding in marks.items() if raw.startswith(mark)), "")
    if stated or b"\x00" not in raw[:4000]:
        return stated
    part = raw[: min(len(raw), 4000) // 2 * 2]
    plain = {}
    for encoding in ("utf-16-le", "utf-16-be"):
        letters = part.decode(encoding, errors="replace")
        plain[encoding] = sum(letter.isascii() for letter in letters) / max(len(letters), 1)
        if "\x00" in letters or "\ufffd" in letters[:-1]:
            plain[encoding] = 0.0
    best = max(plain, key=lambda encoding: plain[encoding])
    return best if plain[best] > 0.1 else ""  # separators, digits and ends of lines


def likeliest_encoding(raw: bytes) -> str:
    """The encoding of a text that is not in UTF-8. Raises ValueError where none fits."""
    guesses = charset_normalizer.from_bytes(raw, cp_isolation=ENCODINGS)
    if not guesses:
        raise ValueError(N_("its encoding is unknown"))

    def unlikely(guess: charset_normalizer.CharsetMatch) -> tuple[float, float, bool, float, bool, int]:
        # Several encodings often fit a short file alike: then letters in daily use are meant, and the usual encoding.
        beyond = [letter for letter in str(guess) if not letter.isascii()]
        signs = round(sum(not letter.isalpha() for letter in beyond) / max(len(beyond), 1), 1)
        rare, western = _is_rare(raw, guess.encoding), "cp1252" in guess.could_be_from_charset
        order = ENCODINGS.index(guess.encoding)
        return signs, round(guess.chaos, 2), rare, -round(guess.coherence, 2), not western, order

    best = min(guesses, key=unlikely)
    return "cp1252" if "cp1252" in best.could_be_from_charset else best.encoding


def _is_rare(raw: bytes, encoding: str) -> bool:
    """Whether a text would hold letters that only the larger set of an encoding has."""
    try:
        raw.decode(DAILY.get(encoding, encoding))
    except UnicodeDecodeError:
        return True
    return False


def _put_right(text: str) -> tuple[str, list[tuple[str, str]]]:
    """A text whose UTF-8 was taken for Windows letters and saved as UTF-8 again ('Ã¤' for 'ä'), put right."""
    garbled = re.search("[ÃÐÑØÙÅÄÂ][\u0080-\u00bf\u0152-\u0178\u02c6-\u2122]", text)
    if not garbled:
        return text, []
    hint = N_("Export it once more as UTF-8")
    try:
        right = text.translate(_CP1252).encode("latin-1").decode("utf-8")
    except UnicodeError:
        what = N_("letters look garbled ('{garbled}'); the file was saved in two encodings", garbled=garbled[0])
        return text, [(what, hint)] if re.search("Ã[¤¶¼Ÿ©¨¥\u009f\u00a0-\u00bf]", text) else []
    what = N_("letters were garbled ('{garbled}') by a second encoding; they were put right", garbled=garbled[0])
    return right, [(what, hint)]


def _separator(lines: list[str]) -> str:
    """The sign that parts most lines into as many cells."""
    fit = {}
    for sign in ",;\t|":
        counts = Counter(len(record) for record in csv.reader(lines, delimiter=sign) if any(record))
        cells, records = max(counts.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        fit[sign] = (records, cells) if cells > 1 else (0, 0)
    return max(fit, key=lambda sign: fit[sign])


def _header(records: list[list[str]], line_ends: list[int], name: str, stated: int) -> int:
    """Which record holds the columns' names: the stated row's, else the first that is about as full as those below."""
    if stated:
        place = next((place for place, end in enumerate(line_ends) if end >= stated), -1)
        if place < 0 or not any(records[place]):
            raise SourceError(
                name,
                N_("row {stated} has no names of columns", stated=stated),
                hint=N_("Mend header = ... in city.toml"),
            )
        return place
    filled = [sum(cell != "" for cell in record) for record in records]
    full = sorted(count for count in filled if count > 1)
    needed = max(2, round(0.6 * full[len(full) // 2])) if full else 1
    fit = [place for place, count in enumerate(filled) if count >= needed]
    # Below a title with a comma stands a blank row or another title, below a header a row of the table.
    followed = [place for place in fit if needed == 1 or (filled[place + 1 : place + 2] or [0])[0] > 1]
    return (followed or fit or [0])[0]


def _named(rows: pd.DataFrame, columns: list[str], name: str, first_row: int) -> pd.DataFrame:
    """Rows under the names of their columns; those without a name are left out if they are empty, else numbered."""
    beyond = rows.iloc[:, len(columns) :].notna().any(axis=1)
    if beyond.any():
        what = N_(
            "row {row} has more cells than the header, which names {n}",
            row=int(beyond.idxmax()) + first_row,
            n=len(columns),
        )
        raise SourceError(
            name, what, hint=N_("Give each column a name; put text with the separator in quotation marks")
        )
    rows = rows.iloc[:, : len(columns)]
    rows.columns = pd.Index([" ".join(column.split()) or f"column {place}" for place, column in enumerate(columns, 1)])
    return rows.loc[:, np.array([column != "" for column in columns], dtype=bool) | rows.notna().any().to_numpy()]


def _ragged(fault: pd.errors.ParserError, name: str, header: int, cells: int) -> Exception:
    """A sentence for pandas' error about a row with too many cells."""
    place = re.search(r"line (\d+), saw (\d+)", str(fault))
    if not place:
        return fault
    what = N_("row {row} has {more} cells, the header {n}", row=int(place[1]) + header, more=place[2], n=cells)
    return SourceError(name, what, hint=N_("Put text that holds the separator in quotation marks"))


def _without_notes(body: str, separator: str, columns: int) -> tuple[str, list[str]]:
    """The lines of a table without those below it that are none of its rows, and these."""
    end = body.rsplit("\n", LOOKED_AT)[-LOOKED_AT:]
    rows = []
    for line in end:
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]
        whole = len(cells) >= columns
        first = cells[0] if cells else ""
        rows.append((line.strip() if not whole else first, 1 if not whole and first else sum(map(bool, cells)), whole))
    below = _notes(rows) if columns > 1 else []
    text = "\n".join(end[len(end) - len(below) :])
    if not any(below) or text.count('"') % 2:  # the end of a cell with several lines is no note
        return body, []
    return body[: len(body) - len(text)], below


def _notes(rows: list[tuple[str, int, bool]]) -> list[str]:
    """Which of the last rows are notes, '' for blank ones. rows: first text, filled cells, whether as wide as others.

    A note fills the first cell only and is narrower than the table, follows a blank row, or says that it is one.
    """
    start = len(rows)
    while start:
        text, filled, _whole = rows[start - 1]
        if (filled > 1 and not NOTE.match(text)) or (filled == 1 and not text):
            break
        start -= 1
    for place in range(start, len(rows)):
        text, filled, whole = rows[place]
        if filled == 0 or not whole or NOTE.match(text) or len(text) > 60:
            return [text for text, _filled, _whole in rows[place:]]
    return []


def _left_out(above: list[str], below: list[str], header: int) -> list[tuple[str, str]]:
    """What to say of lines above the header and below the table."""
    warnings = []
    if above:
        what = N_("the columns' names were found in row {row}; above stands '{above}'", row=header, above=above[0][:60])
        warnings.append((what, N_("If another row holds them, write header = ... in city.toml")))
    notes = [note for note in below if note]
    if notes:
        more = N_(" and {n} more", n=len(notes) - 1) if len(notes) > 1 else ""
        what = N_("notes below the table are left out: '{note}'{more}", note=notes[0][:60], more=more)
        warnings.append((what, N_("If they are rows, fill their cells")))
    return warnings
