"""Workbooks whose bytes or texts have been changed at random: a result or one line, never a traceback, in bounded time."""

import random
import time
import zipfile

import pytest

from trackfit import InvalidInput
from trackfit.engine.cohort.files.headings import source_of
from trackfit.engine.cohort.files.text import read_parts
from trackfit.tests.support.cohorts import people
from trackfit.tests.support.searches import mostly_slow
from trackfit.tests.support.workbooks import write_ods, write_xlsx

WRITERS = {"xlsx": write_xlsx, "ods": write_ods}
AT_ONCE = 25
BATCHES = 14
LONGEST = 60
"""Seconds; a whole file takes less than one."""
PIECES = (b"<", b"&#x0;", b"A1", b"XFD1048576", b"-1", b"99999999999", b"]]>", b"\xff", b"")


def damaged(content, draw):
    """Some bytes of a file lost, doubled or made others."""
    found = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(found))
        end = min(len(found), start + draw.choice([1, 1, 2, 8, 60]))
        match draw.randrange(4):
            case 0:
                found[start:end] = draw.randbytes(end - start)
            case 1:
                del found[start:end]
            case 2:
                found[start:start] = found[start:end]
            case _:
                found[start:end] = draw.choice(PIECES)
    return bytes(found)


def write_damaged(path, whole, draw):
    """The whole file damaged, or one of those in it, packed again."""
    if draw.random() < 0.3:
        path.write_bytes(damaged(whole.read_bytes(), draw))
        return
    with zipfile.ZipFile(whole) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice([*parts])
    parts[name] = damaged(parts[name], draw)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in parts.items():
            archive.writestr(one, content)


@pytest.mark.parametrize("batch", mostly_slow(range(BATCHES), 1))
@pytest.mark.parametrize("kind", WRITERS)
def test_damaged_workbooks(kb, tmp_path, kind, batch):
    draw = random.Random(f"{kind} {batch}")  # noqa: S311 - the same files in every run
    rows = people(kb, 12, seed=50 + batch)
    table = [[*rows[0]], *([*row.values()] for row in rows)]
    whole = WRITERS[kind](tmp_path / f"whole.{kind}", {"People": table, "Other": [["x"]]})
    path = tmp_path / f"damaged.{kind}"
    refused = 0
    assert sum(len(part) for part in read_parts(source_of(str(whole), {}), kb.reader, lambda _: None)) == 12
    for _ in range(AT_ONCE):
        write_damaged(path, whole, draw)
        began = time.monotonic()
        try:
            parts = list(read_parts(source_of(str(path), {}), kb.reader, lambda _: None))
        except InvalidInput:
            refused += 1
        else:
            assert all(len(part) for part in parts)
        assert time.monotonic() - began < LONGEST
    assert refused > 0
