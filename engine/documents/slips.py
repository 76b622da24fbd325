"""What a parser of YAML or JSON stumbled over, in a coach's words, and where the slip itself stands.

A parser complains where it can read no further, which is often a line below the slip.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ODD = "\u00ad\u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
INVISIBLE = re.compile(f"[{_ODD}]")
"""Characters that look like a space, or like nothing, and are none of YAML's."""
_ODD_SPACE = re.compile(rf"^[ \t]*(?:-[ \t]+)?([{_ODD}])|[:-]([{_ODD}])")
_MERGE = re.compile(r"^(<{7}|={7}|>{7})(?: |$)", re.MULTILINE)
_DASH_AND_WORD = re.compile(r"^\s*(-)[^\s-]")
MOST_BLANK = 50
"""So many lines without rows may stand below the name of a table."""
_TABLE = re.compile(r"[a-z_]+[ \t]*:[ \t]*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:-\s+)*[\w"'][^:#]*:(?:\s|$)""")

_EQUALS = re.compile(r"\s*(?:-\s+)?([a-z_]+)\s*=\s*([^\s=].*)$")
_NO_SPACE = re.compile(r"\s*(?:-\s+)?([a-z_]+):([^\s:/].*)$")
_BLOCK_TEXT = re.compile(r"(\s*(?:-\s+)?)([a-z_]+):\s+[>|][-+0-9]*\s*$")
_MOST_TEXT = 40
"""So many lines above a slip are looked at for the key of the text that it is in."""


class Position(NamedTuple):
    """A line and a column, both counted from 0, as parsers count."""

    line: int
    column: int


class Slip(NamedTuple):
    """What is wrong and what to do, and where."""

    place: Position
    text: str


YAML_ADVICE = {
    "could not find expected ':'": "a key without its `:`, or without the space after it; write `key: value`",
    "tab character that violates": "a tab stands in the indentation; use spaces",
    "block scalar": "a text may not start with > or |; quote it (a comparison is written {at_least: 5}, in words)",
    "scanning an alias": "a text may not start with *; quote it",
    "scanning an anchor": "a text may not start with &; quote it",
    "mapping keys are not allowed": "a text may not start with `? `; quote it",
    "did not find expected key": "the indentation does not match the lines above; line the keys up",
    "did not find expected '-' indicator": "the indentation does not match the list above; line the dashes up",
    "found unexpected end of stream": "a quote is opened here and never closed",
    "did not find expected ',' or": "a bracket or brace is opened here and not closed, or a comma is missing after it",
    "unknown escape character": "a backslash in double quotes; write two of them, or use single quotes",
    "invalid Unicode character escape": "half of a character; write both halves (\\ud83d\\ude00), or the character itself",
    "undefined alias": "aliases (`*name`) are not allowed; write the value out",
}
JSON_ADVICE = {
    "',' delimiter": "a comma, or a closing bracket or brace, is missing before this",
    "property name": "a key in double quotes must stand here; is there a comma too many?",
    "railing comma": "a comma too many; take it out",
    "':' delimiter": 'a key without its colon; write "key": value',
    "Expecting value": "a value is missing here, or a text without its double quotes",
    "Unterminated string": "a quote is opened here and never closed",
    "Invalid control character": "a line break or tab inside a text; write \\n or \\t",
    "Extra data": "the document has ended before this; take out what follows",
    "escape": "this may not follow a backslash; write \\\\ for a backslash itself",
}


def json_advice(complaint: str) -> str:
    """The advice for a complaint of Python's JSON parser."""
    known = (words for part, words in JSON_ADVICE.items() if part in complaint)
    return f"not valid JSON: {next(known, complaint)}"


TEMPLATE_ADVICE = (
    (r"expected 'end of print statement'\.?$", "`{{{{` is never closed; write `}}}}`"),
    (r"expected 'end of statement block'\.?$", "`{{%` is never closed; write `%}}`"),
    (
        r"needs to be closed is '(\w+)'",
        "`{{% {0} … %}}` is never closed; write `{{% end{0} %}}` where it ends",
    ),
    (r"Encountered unknown tag '(\w+)'", "there is no tag `{{% {0} %}}` here"),
    (r"expected token 'end of print statement', got '(.+)'", "`}}}}` is missing before '{0}'"),
    (r"expected token 'end of statement block', got '(.+)'", "`%}}` is missing before '{0}'"),
    (r"unexpected char '(.)'", "the character {0} means nothing here; is it a quote? Those are straight"),
    (r"unexpected '(\}+)'", "a brace too few or too many; names stand in two, {{{{ name.part }}}}"),
    (r"No filter named '(\w+)'", "there is no filter '{0}'"),
)


_PRINTED_TAG = re.compile(r"\{\{-?\s*(if|elif|else|endif|for|endfor|set|include)\b")


def template_advice(complaint: str, line: str = "") -> str:
    """The advice for a complaint of the template language about a line.

    >>> template_advice("Unexpected end of template. The innermost block that needs to be closed is 'if'.")
    '`{% if … %}` is never closed; write `{% endif %}` where it ends'
    """
    if tag := _PRINTED_TAG.search(line):
        return f"`{{{{ {tag[1]}` would print a name; write `{{% {tag[1]} … %}}`"
    for pattern, advice in TEMPLATE_ADVICE:
        if found := re.search(pattern, complaint):
            return advice.format(*found.groups())
    return complaint


def yaml_slip(source: str, complaint: str, problem: Position | None, context: Position | None) -> Slip:
    r"""The slip behind a complaint of libyaml, made at `problem` about what began at `context`.

    >>> yaml_slip("a: 1\nb\nc: 2", "could not find expected ':'", Position(2, 1), Position(1, 0)).place
    Position(line=1, column=0)
    """
    lines = source.split("\n")
    at = problem or context or Position(0, 0)
    begun_there = "could not find expected ':'" in complaint or "flow" in complaint
    if context and (begun_there or ("quoted scalar" in complaint and "unexpected end" in complaint)):
        at = context
    before = lines[at.line][: at.column].rstrip() if at.line < len(lines) else ""
    return (
        _unfinished_merge(source)
        or _odd_space(lines, at)
        or _mistyped(lines, at)
        or _opened_above(lines, at, before)
        or _too_far_left(lines, at)
        or _unclosed(lines, at, complaint)
        or Slip(at, _advice(complaint, lines, at, before))
    )


def _advice(complaint: str, lines: list[str], at: Position, before: str) -> str:
    """What the complaint itself means; `before` stands on its line before its place."""
    if "mapping values are not allowed" in complaint:
        return _colon(lines, at)
    if "cannot start any token" in complaint:
        return _start("".join(lines[at.line : at.line + 1])[at.column : at.column + 1])
    if "did not find expected key" in complaint and before[-1:] in ("'", '"', "]", "}"):
        return _goes_on(before[-1])
    known = (words for part, words in YAML_ADVICE.items() if part in complaint)
    return next(known, f"not valid YAML: {complaint}")


def _unfinished_merge(source: str) -> Slip | None:
    if merge := _MERGE.search(source):
        text = "the marks of an unfinished merge (<<<<<<<, =======, >>>>>>>) stand here; keep one of the two versions"
        return Slip(Position(source.count("\n", 0, merge.start()), 0), text)
    return None


def _dash_without_space(lines: list[str], at: Position) -> Slip | None:
    line = lines[at.line] if at.line < len(lines) else ""
    dash = _DASH_AND_WORD.match(line)
    if dash is None or line[dash.start(1) : dash.start(1) + 3] == "---":
        return None
    return Slip(Position(at.line, dash.start(1)), "a dash needs a space after it, as in `- id: my_row`")


def _odd_space(lines: list[str], at: Position) -> Slip | None:
    """A character that only looks like a space, on the line of the complaint or the one before."""
    for number in range(max(0, at.line - 1), min(at.line + 1, len(lines))):
        if found := _ODD_SPACE.search(lines[number]):
            group = 1 if found[1] else 2
            return Slip(Position(number, found.start(group)), no_space(found[group]))
    return None


def no_space(character: str) -> str:
    """The advice for a character that looks like a space where a plain one belongs."""
    code = f"U+{ord(character):04X}"
    return f"this space ({code}, often pasted from a page or a letter) is none; type a plain one"


def _colon(lines: list[str], at: Position) -> str:
    """A `: ` where none may stand: a second one on its line, or one too far to the right."""
    before = lines[at.line][: at.column] if at.line < len(lines) else ""
    above = next((line for line in reversed(lines[: at.line]) if line.strip()), "")
    if _KEY.match(before):
        return "a `: ` too many in one line; quote the text that has it"
    if above and not _KEY.match(above):
        return (
            "a `: ` too many: quote its text, mend the indentation, or see whether a key above lacks its `:`"
        )
    return "this line stands further in than the one above, which has its value already; line the keys up"


def _start(character: str) -> str:
    if character == "\t":
        return "a tab stands here; use spaces"
    return f"a text may not start with {character}; quote the text"


def _opened_above(lines: list[str], at: Position, before: str) -> Slip | None:
    """A quote that was opened on a line above, where what ends it here was meant to open one."""
    quote = before[-1:]
    if quote not in ("'", '"') or before.count(quote) % 2 == 0:
        return None
    opens = re.compile(rf"(?:[:,\[{{-]\s+|[\[{{])({quote})[^{quote}]*$")
    for number in range(at.line - 1, -1, -1):
        if found := opens.search(lines[number]):
            return Slip(Position(number, found.start(1)), "a quote is opened here and never closed")
    return None


def is_table(lines: list[str], number: int) -> bool:
    """Whether a line is the name of a table, with its rows below it."""
    if not _TABLE.match(lines[number]):
        return False
    below = (lines[one].lstrip() for one in range(number + 1, min(number + MOST_BLANK, len(lines))))
    return next((line.startswith("-") for line in below if line and not line.startswith("#")), False)


def _too_far_left(lines: list[str], at: Position) -> Slip | None:
    """A line of a row that stands where only names of tables do, before the line that is complained of."""
    last = min(at.line, len(lines) - 1)
    table = next((number for number in range(last, -1, -1) if is_table(lines, number)), last)
    for number in range(last - 1, table, -1):
        if _KEY.match(lines[number]) and lines[number][0].isalpha():
            return Slip(
                Position(number, 0),
                "this line stands too far to the left; line it up with the keys of its row",
            )
    return None


def _mistyped(lines: list[str], at: Position) -> Slip | None:
    """A sign of YAML's own that is missing or another, or a text that is out of its place."""
    found = _dash_without_space(lines, at) or _colon_missed(lines, at)
    return found or _text_too_far_left(lines, at)


def _block_text(lines: list[str], number: int) -> tuple[int, re.Match[str]] | None:
    """The line above that begins a text of several lines (`says: >-`), with no other key between."""
    for above in range(number - 1, max(-1, number - _MOST_TEXT), -1):
        if found := _BLOCK_TEXT.match(lines[above]):
            return above, found
        if _KEY.match(lines[above]):
            return None
    return None


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _text_too_far_left(lines: list[str], at: Position) -> Slip | None:
    """The first line of a text of several lines that stands no further in than its key."""
    begun = _block_text(lines, min(at.line, len(lines) - 1))
    if begun is None:
        return None
    start, key = begun
    for number in range(start + 1, min(at.line + 1, len(lines))):
        column = _depth(lines[number])
        if lines[number].strip() and column <= len(key[1]):
            if _KEY.match(lines[number]) or lines[number][column:].startswith("- "):
                return None
            text = f"this line belongs to the text of `{key[2]}`; move it to the right, further in than `{key[2]}`"
            return Slip(Position(number, column), text)
    return None


def _colon_missed(lines: list[str], at: Position) -> Slip | None:
    """A `=` for a colon, or a colon without its space, on the line of the complaint or the one above."""
    last = min(at.line, len(lines) - 1)
    above = next((number for number in range(last - 1, -1, -1) if lines[number].strip()), last)
    for number in (last, above):
        begun = _block_text(lines, number)
        if begun and _depth(lines[number]) > len(begun[1][1]):
            continue
        if found := _EQUALS.match(lines[number]):
            text = f"`=` stands where a colon belongs; write `{found[1]}: {found[2].rstrip()}`"
            return Slip(Position(number, found.start(1)), text)
        if found := _NO_SPACE.match(lines[number]):
            text = f"a space is missing after the colon; write `{found[1]}: {found[2].rstrip()}`"
            return Slip(Position(number, found.start(1)), text)
    return None


def _unclosed(lines: list[str], at: Position, complaint: str) -> Slip | None:
    """The last bracket or brace above that is not closed on its line, where one is complained of."""
    if "did not find expected node content" not in complaint:
        return None
    for number in range(min(at.line, len(lines) - 1), max(-1, at.line - 40), -1):
        for opening, closing in ("[]", "{}"):
            if lines[number].count(opening) > lines[number].count(closing):
                place = Position(number, lines[number].rindex(opening))
                return Slip(place, YAML_ADVICE["did not find expected ',' or"])
    return None


def _goes_on(end: str) -> str:
    """Something follows a closing quote or bracket."""
    if end in ("]", "}"):
        return f"the text goes on after {end}; quote all of it"
    doubled = "write an apostrophe inside as ''" if end == "'" else "put single quotes around"
    return f"the text goes on after its closing quote; {doubled}, or take the quotes out"
