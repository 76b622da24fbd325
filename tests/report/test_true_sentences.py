"""Every sentence of a report that ranks, counts or compares is true of the numbers in the same report.

The judge reads the Markdown alone: its table of all tracks gives the numbers, its sentences are held against them.
"""

import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackfit import to_markdown
from trackfit.engine.documents.parse import read_file
from trackfit.engine.language.markdown import readable
from trackfit.engine.report.templates import themes
from trackfit.tests.support.answer_space import sampled
from trackfit.tests.support.places import ROOT
from trackfit.tests.support.shipped import DAY

EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ROW = re.compile(
    r"^\| (?P<name>[^|]+) \| (?P<missing>\d+) of (?P<size>\d+) skills (?P<cells>[■▣□]+) \|.*\| (?P<place>[^|]+) \|$",
    re.MULTILINE,
)
SMALLEST = re.compile(
    r"(?P<name>[\w ]+?)(?:, where you want to go,)? is (?P<which>the AI track|one of the AI tracks) with the smallest "
    r"gap for you(?:: (?P<missing>\d+|none) of its (?P<size>\d+) skills (?:is|are) missing"
    r"(?:, which we call (?P<close>near|within reach|far))?)?"
)
NEAREST = re.compile(r"By your own skills you are nearest to (?P<name>[\w ]+?)(?:, where you want to go)?\. ")
CARD = re.compile(
    r"^\| \*\*(?P<there>\d+) of (?P<size>\d+) skills\*\* (?P<cells>[■▣□]+) "
    r"(?:(?P<close>near|within reach|far) |(?:(?P<held>\d+) yours, )?(?P<usual>\d+) usual for your background )?\|",
    re.MULTILINE,
)
TITLE = re.compile(
    r"^# (?:.*: )?(?P<name>[\w ]+), (?:(?P<there>\d+) of (?P<size>\d+) skills in place|[^,]* months?)$",
    re.MULTILINE,
)
SIDE_BY_SIDE = re.compile(r"(?P<name>[A-Z][\w ]+) (?P<there>\d+) of (?P<size>\d+)")
TIED = re.compile(r"(?P<names>[\w ,]+?) (?:is|are) tied with it: the same share of the skills is missing")
TARGET = re.compile(
    r"Your target, (?P<name>[\w ]+?) – .*?</summary> You (?:hold|hold or usually bring) "
    r"(?:(?P<all>all)|(?P<none>none)|(?P<there>\d+)) of its (?P<size>\d+) skills"
)


def example(kb, path):
    node, _ = read_file(path)
    case, _ = kb.reader.read(node)
    return kb.consult(case, DAY)


class Numbers:
    """What the table of all tracks says: by name the row, the share missing and the place."""

    def __init__(self, text):
        self.rows = {row["name"]: row for row in ROW.finditer(text)}
        self.share = {
            name: Fraction(int(row["missing"]), int(row["size"])) for name, row in self.rows.items()
        }
        self.places = {name: row["place"] for name, row in self.rows.items()}
        (lines,) = re.findall(r"near from (\d+)%.*? of its skills on, and within reach from (\d+)%", text)
        self.near, self.reach = map(int, lines)

    @property
    def smallest(self):
        return min(self.share.values())

    def there(self, name):
        return int(self.rows[name]["size"]) - int(self.rows[name]["missing"])

    def closeness(self, name):
        there = 100 * (1 - self.share[name])
        return "near" if there >= self.near else "within reach" if there >= self.reach else "far"


def of_the_table(numbers, _):
    share, first = numbers.share, next(iter(numbers.share))
    yield "the order of the table", list(share.values()) == sorted(share.values())
    tied = [name for name, place in numbers.places.items() if place == "tied for the first place"]
    for name, place in numbers.places.items():
        if "a larger share of its skills is missing" in place:
            yield f"{name}: {place}", share[name] > share[first]
        if "the same share is missing" in place or name in tied:
            yield f"{name}: {place}", share[name] == share[first]
        if place == "this is the nearest":
            yield f"{name}: {place}", share[name] == numbers.smallest and not tied
        if found := re.match(r"place (\d+)", place):
            smaller = sum(other < share[name] for other in share.values())
            equal = sum(other == share[name] for other in share.values())
            yield f"{name}: {place}", smaller < int(found[1]) <= smaller + equal


def of_the_smallest_gap(numbers, plain):
    tied = sum(place == "tied for the first place" for place in numbers.places.values())
    for said in SMALLEST.finditer(plain):
        name = next(one for one in numbers.rows if said["name"].endswith(one))
        yield said[0], numbers.share[name] == numbers.smallest
        if said["missing"]:
            missing = 0 if said["missing"] == "none" else int(said["missing"])
            yield said[0], numbers.share[name] == Fraction(missing, int(said["size"]))
        yield said[0], (said["which"] == "one of the AI tracks") == (tied > 1)
        if said["close"]:
            yield said[0], said["close"] == numbers.closeness(name)
    for said in NEAREST.finditer(plain):
        yield said[0], numbers.share[said["name"]] == numbers.smallest
    for said in TIED.finditer(plain):
        names = [name for name in numbers.rows if name in said["names"]]
        yield said[0], names and all(numbers.share[name] == numbers.smallest for name in names)


def of_the_card(numbers, text):
    """The title and the card on top speak of the nearest track, and the list in the summary of all."""
    for said in TITLE.finditer(text):
        yield said[0], numbers.share[said["name"]] == numbers.smallest
        if said["there"]:
            yield said[0], int(said["there"]) == numbers.there(said["name"])
            yield said[0], said["size"] == numbers.rows[said["name"]]["size"]
        for card in CARD.finditer(text):
            row = numbers.rows[said["name"]]
            yield card[0], int(card["there"]) == numbers.there(said["name"]) and card["size"] == row["size"]
            yield card[0], card["cells"] == row["cells"]
            yield card[0], card["close"] in (None, numbers.closeness(said["name"]))
            if card["usual"]:
                yield card[0], int(card["held"] or 0) == card["cells"].count("■")
                yield card[0], card["usual"] == str(card["cells"].count("▣"))
    for row in numbers.rows.values():
        yield row[0], row["missing"] == str(row["cells"].count("□")) and row["size"] == str(len(row["cells"]))
    (summary,) = re.findall(r"^<summary>All tracks side by side – (.*)</summary>$", text, re.MULTILINE)
    for said in SIDE_BY_SIDE.finditer(summary):
        row = numbers.rows[said["name"]]
        yield said[0], int(said["there"]) == numbers.there(said["name"]) and said["size"] == row["size"]


def of_the_target(numbers, plain):
    for said in TARGET.finditer(plain):
        row = numbers.rows[said["name"]]
        there = int(row["size"]) if said["all"] else 0 if said["none"] else int(said["there"])
        yield said[0], there == numbers.there(said["name"]) and said["size"] == row["size"]


def of_other_backgrounds(numbers, plain):
    if "Every track is far from here" in plain:
        yield "every track is far", all(numbers.closeness(name) == "far" for name in numbers.rows)
    for said in re.finditer(r"you hold ([^.;:]+), (\d+) of the (\d+) that people there usually bring", plain):
        yield said[0], len(re.split(r", | and ", said[1])) == int(said[2]) <= int(said[3])


def judged(text):
    """What is false in a report, and how many sentences were held against its numbers."""
    numbers, plain = Numbers(text), readable(text).replace("#", "")
    claims = [
        claim
        for of in (of_the_table, of_the_smallest_gap, of_the_target, of_other_backgrounds)
        for claim in of(numbers, plain)
    ]
    claims += of_the_card(numbers, text)
    return [what for what, true in claims if not true], len(claims)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_an_example_says_is_true_of_its_numbers(kb, path):
    false, held = judged(to_markdown(example(kb, path)))
    assert false == []
    assert held > len(kb.facts.tracks)


def test_what_anybody_in_the_answer_space_is_told_is_true(kb):
    for number, answers in enumerate(sampled(kb, 120)):
        text = to_markdown(kb.consult(kb.reader.case(answers), DAY))
        assert judged(text)[0] == [], (number, answers)


@settings(max_examples=40)
@given(data=st.data())
def test_what_anybody_is_told_is_true_of_the_numbers(kb, data):
    """People whose skills come from the lists of tracks, so that gaps are small, large and equal."""
    listed = sorted({skill for skills in kb.ways.lists.values() for skill in skills})
    answers = {"background": data.draw(st.sampled_from(sorted(kb.facts.backgrounds)))}
    if data.draw(st.booleans()):
        track = data.draw(st.sampled_from(sorted(kb.ways.lists)))
        whole = data.draw(st.lists(st.sampled_from(kb.ways.lists[track]), unique=True))
        some = data.draw(st.lists(st.sampled_from(listed), max_size=8))
        answers["skills"] = frozenset([*whole, *some])
        answers["denied_skills"] = (
            frozenset(data.draw(st.lists(st.sampled_from(listed), max_size=3))) - answers["skills"]
        )
    for name, values in {
        "years_experience": st.integers(0, 40),
        "target_track": st.sampled_from([*sorted(kb.facts.tracks), "undecided"]),
        "math_comfort": st.sampled_from(["low", "some", "strong"]),
    }.items():
        if data.draw(st.booleans()):
            answers[name] = data.draw(values)
    text = to_markdown(kb.consult(kb.reader.case(answers), DAY))
    false, held = judged(text)
    assert false == []
    assert held


@pytest.mark.parametrize(
    ("true", "untrue"),
    [
        ("**6 of 12 skills** ■■■■■■□□□□□□", "**5 of 12 skills** ■■■■■■□□□□□□"),
        ("**6 of 12 skills** ■■■■■■□□□□□□", "**6 of 12 skills** ■■■■■■■□□□□□"),
        ("| 6 of 11 skills ■■■■■□□□□□□ |", "| 6 of 11 skills ■■■■■■□□□□□ |"),
        ("□ within reach |", "□ near |"),
        ("# Sam: AI Engineering, 3–6 months", "# Sam: MLOps, 3–6 months"),
        ("MLOps 5 of 11", "MLOps 6 of 11"),
        ("is the AI track with", "is one of the AI tracks with"),
        ("You hold 2 of its 12 skills", "You hold 3 of its 12 skills"),
        ("place 2: a larger share of its skills is missing", "place 2: the same share is missing"),
    ],
)
def test_the_judge_finds_what_is_untrue(kb, true, untrue):
    text = to_markdown(example(kb, ROOT / "examples/backend.yaml"))
    assert text.count(true) >= 1
    assert judged(text.replace(true, untrue))[0]


def test_a_mail_says_the_same_of_the_gap_as_the_report(kb):
    for path in EXAMPLES:
        advice = example(kb, path)
        said = SMALLEST.search(readable(to_markdown(advice, "email")))
        report = SMALLEST.search(readable(to_markdown(advice)).replace("#", ""))
        assert (said is None) == (report is None)
        if said:
            assert report is not None
            assert report["name"].endswith(said["name"]) or said["name"].endswith(report["name"])
    assert "email" in themes(kb.folder / "templates")
