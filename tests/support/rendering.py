"""Markdown as its readers see it: parsed by two implementations of GitHub's Markdown, compared part by part."""

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

MARKDOWN_IT = MarkdownIt("gfm-like").use(footnote_plugin)
GROUPS = frozenset({"thead", "tbody"})
"""Marks that add nothing for the reader: whether a table without rows has a body is told in two ways."""


def by_markdown_it(text):
    """The HTML that markdown-it makes, with GitHub's tables, links and footnotes."""
    return MARKDOWN_IT.render(text)


def by_cmark(text):
    """The HTML that cmark-gfm makes, the parser that GitHub itself uses."""
    return cmarkgfm.github_flavored_markdown_to_html(
        text, options=Options.CMARK_OPT_FOOTNOTES | Options.CMARK_OPT_UNSAFE
    )


def parts(rendered):
    """What a reader sees of rendered Markdown, in order: marks, where links lead, words, and that there is a note.

    The notes themselves, which each parser numbers and links back in its own way, are left out.
    """
    reader = _Parts()
    reader.feed(rendered)
    reader.close()
    reader.words_end()
    return reader.found


class _Parts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []
        self._words = ""
        self._skipping = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in ("sup", "section"):
            if tag == "sup" and not self._skipping:
                self._mark("note", None)
            self._skipping += 1
        elif not self._skipping and tag not in GROUPS and given.get("class") != "footnotes-sep":
            self._mark(tag, given.get("href") or given.get("src"))

    def handle_endtag(self, tag):
        if tag in ("sup", "section"):
            self._skipping -= 1
        elif not self._skipping and tag not in (*GROUPS, "hr"):
            self._mark(f"/{tag}", None)

    def handle_data(self, data):
        if not self._skipping:
            self._words += data

    def handle_comment(self, data):
        self._mark("comment", data)

    def words_end(self):
        words = " ".join(self._words.split())
        self._words = ""
        if words:
            self.found.append(("words", words))

    def _mark(self, tag, to):
        self.words_end()
        self.found.append((tag, to))
