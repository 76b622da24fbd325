"""Documents that are no good, or made to do harm: one line each, in bounded time and memory."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from trackfit.engine.papers import bounded
from trackfit.engine.papers.reading import paper_of
from trackfit.engine.problems.problem import Location
from trackfit.engine.problems.problems import Problems
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.running import refused

FOLDER = ROOT / "tests/resumes/written"


def _pdf(encrypted: bool = False, text: str = "") -> bytes:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    if encrypted:
        pdf.set_encryption("owner", "user")
    if text:
        pdf.set_font("Helvetica", size=11)
        pdf.multi_cell(0, 5, text)
    return bytes(pdf.output())


def _zip(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr(name, content)
    return packed.getvalue()


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
BROKEN = (
    "error: this file is broken or not whole; save it again from the program that made it (broken-document)"
)
TOO_MUCH = (
    "error: reading this file takes far more time, memory or pages than any document of its kind; save it again as a plain one "
    "(harmful-document)"
)
LOCKED = "error: this file is locked with a password; save a copy without one (locked-document)"


@pytest.mark.parametrize(
    ("name", "raw", "line"),
    [
        ("a.pdf", b"%PDF-1.7\nno more than that", BROKEN),
        ("a.pdf", _pdf(encrypted=True, text="Skills: Python"), LOCKED),
        ("a.docx", b"PK\x03\x04broken", BROKEN),
        ("a.docx", _zip("word/document.xml", b"<a/>"), BROKEN),
        ("a.docx", _zip("word/document.xml", b"a" * 40_000_000), TOO_MUCH),
        ("a.odt", _zip("content.xml", BOMB), TOO_MUCH),
        ("a.odt", _zip("content.xml", b"<a>" * 100_000), BROKEN),
    ],
)
def test_what_cannot_be_read_is_one_line(here, name, raw, line):
    (here / name).write_bytes(raw)
    assert refused("import", name) == [f"{name}:1:1: {line}"]


def test_a_scan_is_told_as_that(here):
    (here / "scan.pdf").write_bytes(_pdf())
    (line,) = refused("import", "scan.pdf")
    assert line.startswith("scan.pdf:1:1: error: there is no text in this file, only pictures")


def test_where_the_extra_is_missing_the_message_installs_it(here, monkeypatch):
    (here / "a.pdf").write_bytes(_pdf(text="Skills: Python"))
    monkeypatch.setattr(bounded, "find_spec", lambda _: None)
    (line,) = refused("import", "a.pdf")
    assert line.endswith("-m pip install 'trackfit[documents]' (documents-missing)")


def test_a_document_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(bounded, "SECONDS", 0)
    notes = Problems()
    assert bounded.read_bounded("pdf", _pdf(text="Skills: Python"), Location("a.pdf"), notes) is None
    assert [one.id for one in notes] == ["harmful-document"]


def _mutated(raw: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, a part cut out, put in twice, or the rest left off."""
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    first, last = sorted(chance.randrange(len(changed)) for _ in range(2))
    match chance.randrange(4):
        case 0:
            del changed[first : min(last, first + 500)]
        case 1:
            changed[first:first] = changed[first : min(last, first + 500)]
        case 2:
            del changed[max(last, 200) :]
        case _:
            pass
    return bytes(changed)


def _try_mutated(number: int) -> None:
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in (".pdf", ".docx", ".odt"))
    for seed in range(number):
        chance = random.Random(seed)  # noqa: S311 - mutations, not secrets
        path = files[seed % len(files)]
        notes = Problems()
        paper = paper_of(path, _mutated(path.read_bytes(), chance), notes)
        assert (paper is None) == bool(notes), (seed, path.name, notes)


def test_mutated_documents_are_read_or_told():
    _try_mutated(12)


@pytest.mark.slow
def test_a_thousand_mutated_documents_are_read_or_told():
    _try_mutated(1_000)
