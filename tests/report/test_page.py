"""The report as a page: sound, safe and whole; in a real browser, accessible and as wide as a phone."""

import base64
import hashlib
import itertools
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from hypothesis import given

from trackfit import KnowledgeBase, to_html, to_markdown
from trackfit.cli import cli
from trackfit.engine.documents.folder import FOLDERS
from trackfit.engine.documents.parse import read_file
from trackfit.engine.inference.base import shipped
from trackfit.engine.problems.errors import InvalidKnowledge
from trackfit.engine.report.templates import OwnTemplate, themes
from trackfit.tests.support.hostile_texts import HOSTILE, TYPED
from trackfit.tests.support.outside import npm_file, offline
from trackfit.tests.support.pages import AXE, BEYOND, SCREENSHOTS, assert_good_at_every_size, axe_faults
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.searches import mostly_slow, searching
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
EMPTY = {"meta", "rect", "line", "path", "br", "hr", "img"}
FETCHING = {"script", "img", "link", "iframe", "object", "embed", "audio", "video", "base", "form"}


def advice_for(kb, path):
    node, _ = read_file(path)
    case, _ = kb.reader.read(node)
    return kb.consult(case, DAY)


class Tags(HTMLParser):
    """The tags of a page in order, each with its attributes, and the text under each."""

    def __init__(self, text):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def words(self):
        return " ".join(" ".join(text for _, text in self.texts).split())


@pytest.fixture(scope="module", params=mostly_slow(["few", "all"]))
def pages(kb, request):
    """Each example and each theme; in the slow tests each example by each theme."""
    advised = [advice_for(kb, example) for example in EXAMPLES]
    usual, *others = themes(kb.folder / "templates")
    pairs = [(one, usual) for one in advised] + [(advised[0], theme) for theme in others]
    if request.param == "all":
        pairs = [(one, theme) for one in advised for theme in (usual, *others)]
    return [to_html(one, theme) for one, theme in pairs]


def test_a_page_holds_everything_and_fetches_and_runs_nothing(kb, pages):
    addresses = {row.address for row in (*kb.facts.sources.values(), *kb.facts.resources.values())}
    for text in pages:
        for tag, attrs in Tags(text).tags:
            assert tag not in FETCHING
            assert not [name for name in attrs if name.startswith("on") or name in ("src", "style", "srcset")]
            assert attrs.get("href", "#").startswith("#") or attrs["href"] in addresses


def test_the_policy_allows_this_style_sheet_and_nothing_else(pages):
    for text in pages:
        style = text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        metas = [attrs for tag, attrs in Tags(text).tags if attrs.get("http-equiv")]
        assert metas == [{"http-equiv": "Content-Security-Policy", "content": policy}]


def test_links_lead_there_and_back(pages):
    for text in pages:
        tags = Tags(text).tags
        ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
        led = [attrs["href"] for tag, attrs in tags if tag == "a"]
        links = [place.removeprefix("#") for place in led if place.startswith("#")]
        assert len(ids) == len(set(ids))
        assert set(links) <= set(ids)
        assert "[^" not in text
        notes = {one for one in ids if re.fullmatch(r"note-\d+", one)}
        places = {one for one in ids if re.fullmatch(r"note-\d+-\d+", one)}
        assert notes <= set(links)
        assert places <= set(links)
        assert bool(notes) == bool(places)


def test_headings_come_in_order_and_tables_have_theirs(pages):
    for text in pages:
        tags = Tags(text).tags
        levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
        assert {attrs.get("scope") for tag, attrs in tags if tag == "th"} <= {"col", "row"}
        assert ("html", {"lang": "en"}) in tags


def test_charts_say_what_they_show_or_stand_beside_it(kb):
    page = to_html(advice_for(kb, ROOT / "examples/backend.yaml"))
    drawn = [attrs for tag, attrs in Tags(page).tags if tag == "svg" and "class" in attrs]
    told = [attrs["aria-label"] for attrs in drawn if attrs.get("role") == "img"]
    assert told[0] == "6 held, 6 missing"
    assert len(told) == 1 + len(kb.facts.tracks)
    assert all(attrs.get("role") == "img" or attrs["aria-hidden"] == "true" for attrs in drawn)
    for pay, kind in (("$180,000–$280,000", "base salary"), ("$220,000–$350,000 and up", "total pay")):
        assert re.search(rf"{re.escape(pay)}</span>(<sup>.*?</sup>)? {kind} <svg class=\"pay\"", page)
    assert "mermaid" not in page
    assert not re.search("[\ue000-\uf8ff]", page)


def test_what_is_usual_for_the_background_has_its_own_cells(kb):
    advice = advice_for(kb, ROOT / "examples/data_engineer.yaml")
    way = next(one for one in advice.ways if one.track == "mlops")
    held, usual, missing = len(way.held), len(way.usual), len(way.missing)
    assert min(held, usual, missing) > 0
    page = to_html(advice)
    told = f"{held} held, {usual} usual for your background, {missing} missing"
    (cells,) = set(re.findall(rf'aria-label="{told}".*?</svg>', page))
    assert re.findall('class="(.*?)"', cells) == ["held"] * held + ["usual"] * usual + ["missing"] * missing


def test_a_goal_far_beyond_every_band_does_not_squeeze_them(kb):
    case = {"background": "backend_fullstack", "years_experience": 6, "salary_goal": 5_000_000}
    page = Tags(to_html(kb.consult(case, DAY)))
    assert "your goal" not in [text for tag, text in page.texts if tag == "text"]
    bars = [attrs for tag, attrs in page.tags if tag == "rect" and attrs["class"] == "band"]
    assert max(float(one["width"].rstrip("%")) for one in bars) > 20


def test_a_figure_tells_who_says_it_with_a_footnote_or_without(kb):
    page = to_html(advice_for(kb, ROOT / "examples/backend.yaml"))
    figures = re.findall(r'<span class="figure" title="([^"]+)">([^<]+)</span>(<sup>)?', page)
    origins = {said for said, number, _ in figures if number == "3–6 months"}
    assert origins == {"Dexity, How to Pick Your AI Track in 2026, 28 April 2026"}
    assert {bool(note) for *_, note in figures} == {True, False}


def test_boxes_and_folded_parts_are_closed_whatever_a_template_forgets(kb):
    text = (
        "# T\n\n{{ box.card }}\n\na\n\n<details>\n<summary>*b* & \\<c></summary>\n\n{{ box.watch }}\n\nd\n\n"
        "</details>\n\n</details>\n"
    )
    page = to_html(
        kb.consult({"background": "other"}, DAY),
        OwnTemplate("own.md.j2", f"{text}\n{{{{ box.end }}}}{{{{ box.end }}}}"),
    )
    body = page.partition("<main>")[2].partition("</main>")[0]
    assert "<summary>b &amp; &lt;c&gt;</summary>" in body
    Tags(page)


def structure(text):
    """All but the words, and the lengths that stand for nothing typed."""
    return [(tag, {k: v for k, v in attrs.items() if k != "content"}) for tag, attrs in Tags(text).tags]


def page_for(kb, name, skill):
    answers = {
        "background": "data_engineer",
        "years_experience": 4,
        "name": name,
        "skills": frozenset({"sql"}),
    }
    return to_html(kb.consult(kb.reader.case(answers, (skill,)), DAY))


@pytest.fixture(scope="module")
def plain(kb):
    return structure(page_for(kb, "Ada", "basket weaving"))


@pytest.mark.parametrize("typed", mostly_slow(HOSTILE, 12), ids=lambda text: ascii(text)[:24])
def test_what_is_typed_changes_no_tag(kb, plain, typed):
    assert structure(page_for(kb, f"x{typed}", f"x{typed}")) == plain


@searching(100)
@given(name=TYPED, skill=TYPED)
def test_nothing_typed_changes_a_tag(kb, plain, name, skill):
    assert structure(page_for(kb, f"x{name}", f"x{skill}")) == plain


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("<b onclick='x()'>bold</b>", "&lt;b onclick='x()'&gt;bold&lt;/b&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](data:text/html,y)", "[x](data:text/html,y)"),
        ("[x](file:///etc/passwd)", "[x](file:///etc/passwd)"),
        ("![x](https://example.com/x.png)", '!<a href="https://example.com/x.png">x</a>'),
        ("[x](https://example.com)", '<a href="https://example.com">x</a>'),
        ("[x](mailto:me@example.com)", '<a href="mailto:me@example.com">x</a>'),
        ("<!-- chart 0 -->", "&lt;!-- chart 0 --&gt;"),
        ("{{ pay_scale }} and more", "and more"),
        (
            "<details>\n<summary><b>x</b></summary>\n\ny\n\n</details>",
            "<summary>&lt;b&gt;x&lt;/b&gt;</summary>",
        ),
    ],
)
def test_a_template_of_ones_own_gives_no_html_and_few_links(kb, markdown, html):
    advice = kb.consult({"background": "data_engineer"}, DAY)
    text = to_html(advice, OwnTemplate("own.md.j2", f"# Title\n\n{markdown}\n"))
    body = text.partition("<main>")[2].replace("&quot;", '"')
    assert html in body


def own_folder(tmp_path):
    for name in FOLDERS:
        shutil.copytree(shipped() / name, tmp_path / name)
    return tmp_path


def test_a_knowledge_base_can_have_a_page_and_a_look_of_its_own(tmp_path):
    folder = own_folder(tmp_path)
    (folder / "templates/page.css").write_text("body { color: red; }\n", encoding="utf-8")
    path = folder / "templates/page.html.j2"
    head = (
        '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{{ policy }}">\n'
        "<title>{{ title }}</title>\n<style>{{ style }}</style>\n"
    )
    page = f'<!doctype html>\n<html lang="en">\n<head>\n{head}</head>\n<body>mine {{{{ body }}}}</body>\n</html>\n'
    path.write_text(page, encoding="utf-8")
    with KnowledgeBase.load(folder, cache=False) as kb:
        text = to_html(kb.consult({"background": "other"}, DAY), "email")
    assert "<title>Subject: Your way into AI work: your skills are missing</title>" in text
    assert "default-src &#x27;none&#x27;; " in text
    assert "<body>mine " in text
    assert "body { color: red; }" in text


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_an_organization_has_its_name_logo_and_colors_on_the_page(tmp_path):
    folder = own_folder(tmp_path)
    (folder / "templates/logo.png").write_bytes(PIXEL)
    row = '{id: office, name: "Office <b>", logo: logo.png, color: "#004d00", dark_color: "#99e699"}'
    (folder / "facts/organization.yaml").write_text(f"organization:\n  - {row}\n", encoding="utf-8")
    assert CliRunner().invoke(cli, ["check", str(folder)]).output.startswith("No problems")
    with KnowledgeBase.load(folder, cache=False) as kb:
        advice = kb.consult({"background": "other"}, DAY)
        page = to_html(advice)
        text = to_markdown(advice)
    inside = base64.b64encode(PIXEL).decode()
    assert f'<img src="data:image/png;base64,{inside}" alt=""><span>Office &lt;b&gt;</span>' in page
    assert "img-src data:; " in page
    assert "--brand: #004d00;" in page
    assert "--brand: #99e699;" in page
    assert r"Written by Office \<b> on " in text


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    mostly_slow([
        ("page.css", "a {}\n</style><script>", "templates/page.css:2:1: error: a style sheet has no '<'; take it out"),
        ("page.html.j2", "<p>\n{{ titel }}", "templates/page.html.j2:2:4: error: the template names what is not there"),
        ("page.html.j2", "{{ title.__class__ }}", "templates/page.html.j2:1:10: error: the template tries what the"),
    ]),
)  # fmt: skip
def test_a_fault_of_the_page_is_told_by_check_and_when_it_is_made(tmp_path, file, text, problem):
    folder = own_folder(tmp_path)
    (folder / "templates" / file).write_text(text, encoding="utf-8")
    with KnowledgeBase.load(folder, cache=False) as kb, pytest.raises(InvalidKnowledge) as caught:
        to_html(kb.consult({"background": "other"}, DAY))
    assert caught.value.problems[0].line().startswith(problem)
    result = CliRunner().invoke(cli, ["check", str(folder)])
    assert problem in result.output


def test_markdown_and_json_do_without_the_parser():
    program = (
        "import sys; from click.testing import CliRunner; from trackfit.cli import cli\n"
        "for form in 'md', 'json':\n"
        f"    assert not CliRunner().invoke(cli, ['advise', {str(EXAMPLES[0])!r}, '--format', form]).exit_code\n"
        "assert not {'markdown_it', 'mdit_py_plugins'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# In a browser


def saved(kb, example, theme, folder):
    path = folder / f"{example.stem}-{theme}.html"
    path.write_text(to_html(advice_for(kb, example), theme), encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_a_page_is_accessible_and_quiet_and_fits_a_phone(kb, browser, example, tmp_path):
    themed = [saved(kb, example, theme, tmp_path) for theme in themes(kb.folder / "templates")]
    assert_good_at_every_size(browser, themed)


@pytest.mark.slow
def test_what_sticks_out_and_what_nobody_can_read_are_noticed(browser, tmp_path):
    """The judge itself: it does not pass everything."""
    wrong = "<p style='width: 900px; color: #eee'>one<a href='#'><svg></svg></a></p>"
    (tmp_path / "wrong.html").write_text(f"<html>{wrong}</html>", encoding="utf-8")
    with offline(browser, viewport={"width": 390, "height": 800}) as context:
        context.add_init_script(path=npm_file(AXE))
        page = context.new_page()
        page.goto((tmp_path / "wrong.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") > 390
        assert page.evaluate(BEYOND) == ["one"]
        assert {"color-contrast", "html-has-lang", "link-name"} <= {id_ for id_, _ in axe_faults(page)}


def sheets(page, path):
    """How many sheets of A4 a page prints on."""
    made = page.pdf(path=path, prefer_css_page_size=True, format="A4")
    return len(re.findall(rb"/Type\s*/Page\b", made))


@pytest.mark.slow
def test_a_page_prints_its_first_page_on_few_sheets_and_the_brief_one_on_one(kb, browser, tmp_path):
    """What is folded is printed too, behind it, on sheets of its own."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    with offline(browser) as context:
        page = context.new_page()
        for example in EXAMPLES:
            page.goto(saved(kb, example, "brief", tmp_path).as_uri())
            assert sheets(page, SCREENSHOTS / f"{example.stem}-brief.pdf") == 1
            page.goto(saved(kb, example, "report", tmp_path).as_uri())
            whole = sheets(page, SCREENSHOTS / f"{example.stem}-report.pdf")
            page.evaluate("document.querySelectorAll('.more, .notes').forEach(one => one.remove())")
            first = sheets(page, SCREENSHOTS / f"{example.stem}-first-page.pdf")
            assert first <= 3
            assert whole > first + 1
