"""The text of a web page, as lines: headings and entries of lists marked, and nothing of scripts, styles and forms."""

from __future__ import annotations

from html.parser import HTMLParser

from trackfit.engine.papers.paper import Line, Paper, clean

_UNSEEN = frozenset(
    {"script", "style", "template", "noscript", "svg", "math", "select", "textarea", "nav", "iframe"}
)
_INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "code",
        "em",
        "font",
        "i",
        "label",
        "mark",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    }
)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BOLD = ("b", "strong")


class _PageReader(HTMLParser):
    """Collects text; a line ends where a block does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.title = ""
        self._unseen: list[str] = []
        self._mark = ""
        self._text: list[tuple[str, bool]] = []
        self._bold = 0
        self._number = 1
        self._in_title = False
        self._ended = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the library calls it
        if tag == self._ended == "span":
            self._text.append(("\t", self._bold > 0))
        self._ended = ""
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif tag == "title":
            self._in_title = True
        elif tag not in _INLINE:
            self._end()
            self._mark = f"{_HEADINGS[tag]} " if tag in _HEADINGS else "- " if tag == "li" else ""
        elif tag in _BOLD:
            self._bold += 1

    def handle_endtag(self, tag: str) -> None:
        self._ended = tag
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        elif tag == "title":
            self._in_title = False
        elif tag in _BOLD:
            self._bold = max(0, self._bold - 1)
        elif tag not in _INLINE:
            self._end()

    def handle_data(self, data: str) -> None:
        self._ended = ""
        if self._in_title:
            self.title += data
        elif not self._unseen:
            if not self._text and data.strip():
                self._number = self.getpos()[0] + data[: len(data) - len(data.lstrip())].count("\n")
            self._text.append((data.replace("\t", " "), self._bold > 0))

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        parts = "".join(one for one, _ in self._text).split("\t")
        text = "\t".join(part for one in parts if (part := " ".join(clean(one).split())))
        is_bold = all(bold for one, bold in self._text if one.strip())
        self._text = []
        if text:
            mark = self._mark or ("# " if is_bold else "")
            self.lines.append(Line(f"{mark}{text}", self._number))
            self.lines.append(Line("", self._number))
            self._mark = ""


def read_html(text: str) -> Paper:
    """The text of a page; whatever is not closed or nested wrongly is read all the same."""
    reader = _PageReader()
    reader.feed(text)
    reader.close()
    return Paper("HTML", tuple(reader.lines), " ".join(clean(reader.title).split()))
