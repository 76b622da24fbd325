"""Reports are the same document to every Markdown parser."""

import shutil
import subprocess

import pytest

from trackfit import KnowledgeBase, to_markdown
from trackfit.engine.report.templates import themes
from trackfit.tests.support import places
from trackfit.tests.support.hostile_texts import HOSTILE
from trackfit.tests.support.outside import npm_file
from trackfit.tests.support.rendering import by_cmark, by_markdown_it, parts

GOLDEN = sorted(places.GOLDEN.glob("*.md"))
SETTINGS = '"MD013": false, "MD033": {"allowed_elements": ["details", "summary"]}, "MD053": false'
"""What the linter lets pass: long lines, and parts that are folded.

It takes what stands between two sums of money for mathematics, and a footnote there for unused; of footnotes that are
unused, test_reports tells."""
LINTER = "markdownlint-cli2/markdownlint-cli2-bin.mjs"


@pytest.mark.slow
def test_markdownlint_finds_nothing_but_long_lines(tmp_path):
    """In the golden reports by every template, and in reports with hostile names and skills."""
    linter = npm_file(LINTER)
    (tmp_path / ".markdownlint.json").write_text(f"{{{SETTINGS}}}", encoding="utf-8")
    mails = tmp_path / "mails"
    mails.mkdir()
    # A mail begins with its subject, not with a heading.
    (mails / ".markdownlint.json").write_text(f'{{{SETTINGS}, "MD041": false}}', encoding="utf-8")
    for path in GOLDEN:
        shutil.copy(path, mails if path.stem.endswith(".email") else tmp_path)
    with KnowledgeBase.load() as kb:
        for number, typed in enumerate(HOSTILE):
            case = kb.reader.case({"background": "data_engineer", "name": typed}, (typed,))
            advice = kb.consult(case, "2026-11-22")
            for theme in themes(kb.folder / "templates"):
                folder = mails if theme == "email" else tmp_path
                (folder / f"{theme}-{number}.md").write_text(to_markdown(advice, theme), encoding="utf-8")
    for folder in (tmp_path, mails):
        (folder / "wrong.md").write_text("# A\n# B\n", encoding="utf-8")
    run = subprocess.run(
        ["node", str(linter), "**/*.md"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found = {line.partition(":")[0] for line in run.stderr.splitlines()}
    assert found == {"wrong.md", "mails/wrong.md"}, run.stderr


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_golden_reports_render_the_same_everywhere(path):
    text = path.read_text(encoding="utf-8")
    assert parts(by_markdown_it(text)) == parts(by_cmark(text))
