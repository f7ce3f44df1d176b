"""Letters for the names on maps: ranges of glyphs as signed distances, made from a font that is installed anyway."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"  # Latin, Greek, Cyrillic, Arabic
SIZE, RIM = 24, 3  # pixels of a letter's square, and around its picture: what map libraries expect
FINER = 4  # drawn so many times larger, so that distances are exact
RADIUS, CUTOFF = 8.0, 0.25  # pixels that distances cover, and the share of them inside the line


@cache
def _known() -> frozenset[int]:
    return frozenset(FT2Font(str(FONT)).get_charmap())


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


@lru_cache(maxsize=256)
def glyphs(stack: str, first: int) -> bytes:
    """256 letters from `first` on as the protocol buffer that map libraries read; those the font lacks are left out."""
    letters = b"".join(_field(3, _glyph(code)) for code in range(first, first + 256) if code in _known())
    return _field(1, _field(1, stack.encode()) + _field(2, f"{first}-{first + 255}".encode()) + letters)


def _glyph(code: int) -> bytes:
    letter, ascent = chr(code), _font(SIZE).getmetrics()[0]
    box = _font(SIZE * FINER).getbbox(letter, anchor="ls")  # down from the base line
    left, top = (math.floor(edge / FINER) for edge in box[:2])
    width, height = math.ceil(box[2] / FINER) - left, math.ceil(box[3] / FINER) - top
    fields = _number(1, code) + _number(7, round(_font(SIZE * FINER).getlength(letter) / FINER))
    if letter.isspace():
        return fields + _number(3, 0) + _number(4, 0) + _number(5, 0) + _number(6, 0)
    wide, high = width + 2 * RIM, height + 2 * RIM
    picture = Image.new("L", (wide * FINER, high * FINER))
    origin = ((RIM - left) * FINER, (RIM - top) * FINER)
    ImageDraw.Draw(picture).text(origin, letter, fill=255, font=_font(SIZE * FINER), anchor="ls")
    inside = np.asarray(picture) > 127
    away = ndimage.distance_transform_edt(~inside) - ndimage.distance_transform_edt(inside)
    away = away.reshape(high, FINER, wide, FINER).mean(axis=(1, 3)) / FINER
    shades = np.clip(255 - 255 * (away / RADIUS + CUTOFF), 0, 255).astype(np.uint8)
    place = _number(5, _zigzag(left)) + _number(6, _zigzag(-top - ascent))
    return fields + _field(2, shades.tobytes()) + _number(3, width) + _number(4, height) + place


def _zigzag(value: int) -> int:
    return 2 * value if value >= 0 else -2 * value - 1


def _varint(value: int) -> bytes:
    parts = []
    while value > 127:
        parts.append(value % 128 + 128)
        value //= 128
    return bytes([*parts, value])


def _number(field: int, value: int) -> bytes:
    return _varint(8 * field) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(8 * field + 2) + _varint(len(content)) + content
