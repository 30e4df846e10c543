"""What is not UTF-8: a declared encoding, and signs of Windows-1252 beside ASCII."""

from __future__ import annotations

import pytest

from archive.encodings import decode
from archive.errors import SourceError


@pytest.mark.parametrize(
    "text",
    [
        "The reserve is 12 km² wide.",
        "It holds 5 m³, no more.",
        "Acme™ said so, “Bolt”™ did not.",
        "A hall of 5 × 3 metres",
        "20 ±2 degrees",
        "¥500 or 5¢",
        "Ann Lee† wrote it",
        "Le café’s 12 km² – sold",
    ],
)
def test_signs_of_windows_1252_beside_ascii_are_read(text: str) -> None:
    assert decode(text.encode("cp1252"), "x") == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Był młody, są też dwa", "cp1250"),  # ³ and ¹ in Windows-1252
        ("Są one ładne", "iso-8859-2"),  # ±
        ("Un hôtel", "mac-roman"),  # ™
    ],
)
def test_letters_of_other_encodings_are_not_taken_for_such_signs(text: str, encoding: str) -> None:
    with pytest.raises(SourceError, match="no other encoding fits"):
        decode(text.encode(encoding), "x")


@pytest.mark.parametrize(
    ("head", "text", "encoding"),
    [
        ('<meta charset="windows-1252">', "¦x¬ þ³¹", "cp1252"),
        ("<META charset=iso-8859-1>", "“¦”", "cp1252"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">', "Był młody", "iso-8859-2"),
        ("<?xml version='1.0' encoding='windows-1251'?>", "Мэр", "cp1251"),
        ('<meta charset="Shift_JIS">', "市長", "shift_jis"),
    ],
)
def test_a_declared_encoding_is_tried_first(head: str, text: str, encoding: str) -> None:
    assert decode((head + text).encode(encoding), "x") == head + text


def test_utf_8_is_surer_than_what_is_declared() -> None:
    page = '<meta charset="windows-1252">“Café – bar”, é è ü. '
    assert decode(page.encode(), "x") == page
    with pytest.raises(SourceError, match=r"0xff"):  # damaged UTF-8 is not Windows-1252 either
        decode(page.encode() + b"\xff", "x")


@pytest.mark.parametrize("name", ["unicode_escape", "utf-7", "idna", "hex", "no-such-thing"])
def test_other_codecs_are_not_to_be_asked_for(name: str) -> None:
    with pytest.raises(SourceError, match="no other encoding fits"):
        decode(f'<meta charset="{name}">'.encode() + b"\x81\x8d +AGE-", "x")
