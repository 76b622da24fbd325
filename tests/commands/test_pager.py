"""The report as plain lines: nothing of it is lost, and nothing is drawn."""

from __future__ import annotations

from markdown_it import MarkdownIt
from rich.console import Console
from rich.markdown import Markdown

from trackfit import to_markdown
from trackfit.commands.terminal.pager import as_plain_text, fitted, numbered_notes
from trackfit.tests.support.shipped import DAY

REPORT = """\
# Your way

Written for *Sam* \\*\u2060.

## The plan

A **long**[^a] line that is wrapped `somewhere`,
with [a link](https://example.com).

| Step | Learn | |
| --- | --- | --- |
| 1 | Git[^b] \\| more | x |
| 2 | a longer text that needs a second line | |

The same as a picture:

```mermaid
flowchart LR
```

- one
- two and more than fits
  - inner

```text
  as   it is
```

[^a]: First.
[^b]: Second.
"""
PLAIN = """\

Your way

Written for Sam *.


The plan

A long [1] line that is wrapped
somewhere, with a link.

Step: 1
  Learn: Git [2] | more
  x

Step: 2
  Learn: a longer text that
    needs a second line

- one
- two and more than fits
  - inner

  as   it is

1. First.
2. Second.
"""


def test_a_report_as_plain_lines():
    assert as_plain_text(REPORT, 32) == PLAIN


def test_in_few_columns_a_table_is_a_list_and_lines_end_between_words():
    found = fitted(REPORT, 38)
    assert "- Step: 1\n  - Learn: Git[^b] | more\n  - x\n- Step: 2\n" in found
    assert "  - Learn: a longer text that needs a\n    second line\n" in found
    assert "| ---" not in found
    assert fitted(REPORT, 100) == REPORT


def test_of_no_report_anything_is_cut_in_few_columns(kb):
    """Neither as Markdown nor as it is drawn; every cell is there, word by word."""
    advice = kb.consult(
        {"background": "devops_platform_sre", "years_experience": 8, "skills": ["kubernetes"]}, DAY
    )
    for theme in ("report", "brief", "coach", "email"):
        report = numbered_notes(to_markdown(advice, theme))
        for width in (80, 60):
            console = Console(width=width, record=True, file=None, force_terminal=False)
            with console.capture() as capture:
                console.print(Markdown(fitted(report, width)))
            assert capture.get().count("…") == report.count("…"), (theme, width)
            words = "".join(MarkdownIt("commonmark").render(fitted(report, width)).split())
            cells = [
                cell for line in report.split("\n") if line.startswith("| ") for cell in line.split(" | ")
            ]
            for cell in cells:
                plain = cell.strip("| -")
                assert "".join(MarkdownIt("commonmark").renderInline(plain).split()) in words
