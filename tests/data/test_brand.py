from pathlib import Path

import pytest

from data import brand
from data.errors import SourceError

PNG = b"\x89PNG\r\n"


def test_without_a_file_nothing_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZONE_BRAND", str(tmp_path / "brand.toml"))
    assert brand.load() == {}


def test_a_citys_look_is_read_with_its_logo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "logo.png").write_bytes(PNG)
    (tmp_path / "brand.toml").write_text('name = "Town"\nprimary = "#102030"\nlogo = "logo.png"\n')
    monkeypatch.setenv("ZONE_BRAND", str(tmp_path / "brand.toml"))
    assert brand.load() == {"name": "Town", "primary": "#102030", "logo": PNG, "logo_kind": "png"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name = ", "is not TOML"),
        ('primary = "red"', "not a colour"),
        ('logo = "gone.png"', "is not beside it"),
        ('logo = "brand.toml"', "no PNG, SVG or JPEG"),
        ('logo = "../../etc/passwd"', "is not beside it"),
        ('logo = ".."', "is not beside it"),
        (f'logo = "{300 * "a"}"', "is not beside it"),
        ('logo = "a\\u0000b"', "is not beside it"),
    ],
)
def test_a_wrong_file_is_told_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, said: str
) -> None:
    (tmp_path / "brand.toml").write_text(content)
    monkeypatch.setenv("ZONE_BRAND", str(tmp_path / "brand.toml"))
    with pytest.raises(SourceError, match=said):
        brand.load()
