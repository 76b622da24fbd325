"""The text of word processors' files, DOCX and ODT, in the order of the document; of macros, pictures and links nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from trackfit.engine.papers.bounded import Parsed

if TYPE_CHECKING:
    from docx.table import Table

MAX_MEMBERS = 2_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 200
MAX_LINES = 20_000
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_MANIFEST = "META-INF/manifest.xml"


def read_docx(raw: bytes) -> Parsed:
    """The lines of a DOCX; raises what python-docx and zipfile raise on a broken one."""
    if (fault := _refused(raw)) is not None:
        return fault
    document = Document(io.BytesIO(raw))
    headers = (section.header for section in document.sections)
    lines = [*(line for header in headers for line in _blocks(header)), *_blocks(document)]
    seen = set(lines)
    boxes = (
        Paragraph(node, document)
        for box in document.element.iter(qn("w:txbxContent"))
        for node in box.iter(qn("w:p"))
    )
    for paragraph in boxes:
        line = _paragraph(paragraph)
        if line not in seen:
            seen.add(line)
            lines.append(line)
    return _parsed(lines)


def _parsed(lines: list[str]) -> Parsed:
    if len(lines) > MAX_LINES:
        return Parsed(fault="too much")
    return Parsed(lines=[(line, 0) for text in lines for line in text.split("\n")])


def _refused(raw: bytes) -> Parsed | None:
    """Why a packed file is not unpacked; None where nothing is wrong with it. Raises `BadZipFile`."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
    if any(one.flag_bits & 1 for one in members):
        return Parsed(fault="locked")
    is_bomb = any(one.file_size > max(1_000_000, MAX_RATIO * one.compress_size) for one in members)
    if is_bomb or len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_UNPACKED:
        return Parsed(fault="too much")
    return None


def _blocks(part: Any, depth: int = 0) -> Iterator[str]:
    """Paragraphs and tables of a part in their order."""
    for block in part.iter_inner_content():
        if isinstance(block, Paragraph):
            yield _paragraph(block)
        elif depth < 5:
            yield from _table(block, depth)


def _paragraph(paragraph: Paragraph) -> str:
    text = paragraph.text.strip()
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    if not text:
        return ""
    runs = [run for run in paragraph.runs if run.text.strip()]
    is_bold = bool(runs) and all(run.bold for run in runs) and len(text.split()) <= 8
    if style.startswith(("Heading", "Title")) or is_bold:
        return f"# {text}"
    is_listed = "List" in style or (paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None)  # noqa: SLF001 - no other way
    return f"- {text}" if is_listed and "\n" not in text else text


def _table(table: Table, depth: int) -> Iterator[str]:
    """A table by rows; one that only makes columns, whose cells hold much text, by cells."""
    for row in table.rows:
        cells: list[Any] = []
        for cell in row.cells:
            if not any(cell._tc is one._tc for one in cells):  # noqa: SLF001 - one that spans several stands there as often
                cells.append(cell)
        texts = [list(_blocks(cell, depth + 1)) for cell in cells]
        if any(len([line for line in lines if line]) > 2 for lines in texts):
            for lines in texts:
                yield from lines
                yield ""
        else:
            yield "\t".join(" ".join(line for line in lines if line) for lines in texts)


def read_odt(raw: bytes) -> Parsed:
    """The lines of an ODT; raises what lxml and zipfile raise on a broken one."""
    if (fault := _refused(raw)) is not None:
        return fault
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        if _MANIFEST in archive.namelist() and b"encryption-data" in archive.read(_MANIFEST):
            return Parsed(fault="locked")
        content = archive.read("content.xml")
    if b"<!DOCTYPE" in content[:2000]:
        return Parsed(fault="too much")
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    body = etree.fromstring(content, parser).find(f".//{_OFFICE}text")
    return Parsed(fault="broken") if body is None else _parsed(list(_odt_blocks(body)))


def _odt_blocks(node: Any, mark: str = "") -> Iterator[str]:
    for child in node:
        if child.tag == f"{_TEXT}h":
            yield f"# {_odt_text(child)}"
        elif child.tag == f"{_TEXT}p":
            yield f"{mark}{text}" if (text := _odt_text(child).strip()) else ""
        elif child.tag == f"{_TEXT}list-item":
            yield from _odt_blocks(child, "- ")
        elif child.tag == f"{_TABLE}table-row":
            yield from _odt_row(child)
        elif child.tag != f"{_TEXT}tracked-changes" and isinstance(child.tag, str):
            yield from _odt_blocks(child, mark)


def _odt_row(row: Any) -> Iterator[str]:
    """A row of a table; of one that only makes columns the cells."""
    cells = [[line for line in _odt_blocks(cell) if line] for cell in row]
    if any(len(lines) > 2 for lines in cells):
        yield from (line for lines in cells for line in (*lines, ""))
    else:
        yield "\t".join(" ".join(lines) for lines in cells)


def _odt_text(node: Any) -> str:
    """The text of a paragraph, with its tabs, spaces and line breaks, and without notes."""
    marks = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n", f"{_TEXT}s": " "}
    texts = [node.text or ""]
    for child in node:
        if child.tag in marks:
            texts.append(marks[child.tag])
        elif child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}note") and isinstance(child.tag, str):
            texts.append(_odt_text(child))
        texts.append(child.tail or "")
    return "".join(texts)
