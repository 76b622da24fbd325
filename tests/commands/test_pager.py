"""The report as plain lines: nothing of it is lost, and nothing is drawn."""

from __future__ import annotations

from trackfit.commands.terminal.pager import as_plain_text

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
