"""Files for import, and what is made of one."""

from __future__ import annotations

import io
import zipfile

from trackfit.engine.documents.parse import read_text
from trackfit.engine.resumes.answers import answers_from, case_of, to_commented_yaml
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.detect import read_resume
from trackfit.tests.support.shipped import DAY, three_valued

KB = three_valued()
DAYS = Calendar.of(KB.facts, DAY)
GOOD = b"Company Name,Title,Started On,Finished On\nAcme,Data Engineer,2020,2022\n"


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return stream.getvalue()


def taken(path):
    """What is made of a file: a case that its own answers file gives back, or problems. Never an exception."""
    resume, notes = read_resume(path, DAYS)
    if resume is None:
        assert any(problem.severity == "error" for problem in notes)
        return None
    found = answers_from(resume, KB, DAY, notes)
    assert all(problem.severity == "warning" for problem in notes)
    text = to_commented_yaml(found, KB, ["heading"])
    node, problems = read_text(text, "me.yaml")
    assert node is not None
    case, more = KB.reader.read(node)
    assert {problem.id for problem in [*problems, *more]} <= {"unknown-skill"}
    assert case == case_of(found, KB)
    return case
