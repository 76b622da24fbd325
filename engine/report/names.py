"""What templates see of a whole report: its names, and the rows of its lists.

Each field's meaning stands below it; docs/templates.md is made from that.
"""

from __future__ import annotations

from trackfit.engine.language.columns import Record
from trackfit.engine.language.markdown import Ready
from trackfit.engine.report.book import Answers, Figures
from trackfit.engine.report.drawing.boxes import Boxes
from trackfit.engine.report.figures import FigureView
from trackfit.engine.report.routes import RouteView
from trackfit.engine.report.since import Since
from trackfit.engine.report.stamp import Stamp
from trackfit.engine.report.tracks import Average, RecommendationView, TrackView


class Answer(Record, frozen=True):
    """An answer of the person."""

    label: str
    """What was asked about."""
    value: str
    """What was answered, in words."""


class Person(Record, frozen=True):
    """The person who is advised."""

    name: str
    """Their name; empty where they gave none."""
    background: str
    """Where they come from, such as "data engineer"."""
    a_background: str
    """The same with its article: "a data engineer"."""
    years: int | None
    """Their years of experience; nothing where they gave none."""
    hours: int | None
    """The hours a week that they have to learn; nothing where they gave none."""
    goal: str
    """Their salary goal, such as "$180,000"; empty where they gave none."""
    basis: str
    """What the goal is: base salary or total pay; empty where it is not known."""
    answers: list[Answer]
    """All their answers, in the order of the questions."""
    unmatched: list[str]
    """Skills that they typed and that the knowledge base does not know."""
    market: list[FigureView]
    """What is published about the market of their background, such as what it pays now."""
    note: str
    """What is published about ways from their background, without months; empty where nothing is."""
    note_by: list[Ready]
    """Who says so: publishers with titles that lead to their pages."""
    skills_known: bool
    """Whether they named skills at all."""


class TrackRow(Record, frozen=True):
    """A track beside the others, as it stands to the person."""

    track: TrackView
    """The track."""
    rank: int
    """Its place among the recommended ones; 0 where it is not recommended."""
    sourced: bool
    """Whether it is recommended because a source gives a route to it."""
    months: FigureView | str
    """How many months a source gives this person; empty where none does."""
    behind: str
    """Why it stands behind the first one, as a clause; empty where it does not."""
    why_not: list[Ready]
    """What keeps it from being recommended, as clauses; empty where it is recommended."""


class WarningView(Record, frozen=True):
    """What the person is warned of: a mistake, or a caveat about figures."""

    title: str
    """Its title."""
    short: str
    """Of a mistake: what it is in one sentence; may be empty."""
    ask: str
    """What a coach asks about it in the talk; may be empty."""
    objection: str
    """What people say against it, to which `text` is the answer; may be empty."""
    kind: str
    """What it is: mistake or caveat."""
    severity: str
    """How grave it is: high, medium or low."""
    text: Ready
    """The text of its rules."""


class LikenessView(Record, frozen=True):
    """Another background, as the person's skills are like those that it usually brings."""

    a_background: str
    """Its name with its article, such as "a data engineer"."""
    held: list[str]
    """Names of those of its usual skills that the person holds."""
    missing: list[str]
    """Names of the others."""
    alike: bool
    """Whether enough is held for us to call the two alike."""
    routes: list[RouteView]
    """The routes that a source gives from there at the person's years."""


class Caveats(Record, frozen=True):
    """Caveats about figures, by the part of the report beside whose figures they stand."""

    recommendation: list[WarningView]
    """Beside the months."""
    salary: list[WarningView]
    """Beside the pay."""
    sources: list[WarningView]
    """Beside the sources."""


class Remarks(Record, frozen=True):
    """Remarks of rules, by the section that they belong to."""

    skills: list[Ready]
    """To what carries over and what is missing."""
    demand: list[Ready]
    """To what employers ask for."""
    plan: list[Ready]
    """To the plan."""
    salary: list[Ready]
    """To the salary."""
    tracks: list[Ready]
    """To the comparison of tracks."""
    answers: list[Ready]
    """To the answers as they were given."""
    doubts: list[Ready]
    """Answers that hardly go together, which the interview asks about once."""


class Reason(Record, frozen=True):
    """A rule that fired."""

    title: str
    """What the rule is about."""
    rule: str
    """Its id."""
    gives: Ready
    """What it concluded, in words."""
    because: Ready
    """The conditions that held, in words."""


class OpenQuestions(Record, frozen=True):
    """What the person left open, as labels of the questions, and no answer of which is known to change anything."""

    settled: list[str]
    """Those of which every answer was tried, and none changes a track's place, months or pay."""
    untried: list[str]
    """Those that were not tried, because too much could be answered."""


class InfluenceLabels(Record, frozen=True):
    """How the advice hangs on the given answers, as labels of the questions."""

    hangs_on: list[str]
    """Those that the tracks and warnings hang on."""
    could_be_anything: list[str]
    """Those that could have been answered in any way."""


class FirstSkill(Record, frozen=True):
    """A missing skill, by what learning it does to the gap."""

    skill: str
    """Its name."""
    brings: list[str]
    """Names of other skills that come with it."""
    gap: int
    """How many skills of the track are missing now."""
    left: int
    """How many skills of the track are missing then."""
    nearer: list[str]
    """Names of other tracks that it brings nearer."""
    within_reach: list[str]
    """Names of other tracks that were far and come within reach with it."""
    first: list[str]
    """Names of the tracks that have the smallest gap then, where these change."""


class SourceRow(Record, frozen=True):
    """A source of figures that the report prints."""

    publisher: str
    """Who published it."""
    title: str
    """Its title."""
    linked: Ready
    """Its title, which leads to its page where it has one."""
    date: str
    """Its date in words."""
    standing: str
    """How far it knows what it says, in words; empty where it is quoted, or nobody said."""
    quoted_in: str
    """The publisher that quotes it, where it was not read itself; otherwise empty."""
    quoting: Ready
    """The same, which leads to the page that quotes it."""
    scope: list[str]
    """The place and the time that it speaks of, as far as it says so."""
    method: str
    """How it found out; empty where it does not say."""
    sample: list[FigureView]
    """How much the printed figures rest on: postings or salaries."""
    does_not_state: list[str]
    """What it alone leaves unsaid; what several do is in `unstated`."""
    stale: list[str]
    """What those of its figures are about whose review date has passed."""


class Body(Record, frozen=True):
    """The names that every part of a template may use."""

    person: Person
    """The person who is advised."""
    since: Since | None
    """What has moved since other answers of theirs; nothing where none were given to compare with."""
    first: RecommendationView | None
    """The first recommendation; nothing where no track is recommended."""
    recommendations: list[RecommendationView]
    """All recommendations, by rank."""
    target: TrackView | None
    """The track where the person wants to go; nothing where they named none."""
    too_early: bool
    """Whether nothing on the lists of tracks is held or usual, so that no track is nearer than another."""
    near: TrackView | None
    """The track with the smallest gap, once anything is held or usual; else the target, where skills were named."""
    likenesses: list[LikenessView]
    """The other backgrounds of whose usual skills the person holds the largest share, where a source gives a route."""
    tracks: list[TrackRow]
    """Every track: the recommended ones by rank, then the others by the share of skills missing."""
    own_tracks: list[TrackView]
    """The nearest track, and the target where that is another."""
    paid_tracks: list[TrackView]
    """The tracks whose pay concerns the person: the nearest, those with a sourced route, and the target."""
    averages: list[Average]
    """Averages and medians of the pay of these tracks, each once."""
    pay_scale: Ready
    """What the width of the bars of `own_tracks` stands for, on a page; in Markdown nothing."""
    plan: list[RouteView]
    """The routes that are planned."""
    warnings: list[WarningView]
    """All that the person is warned of, the gravest first."""
    mistakes: list[WarningView]
    """Those of them that are mistakes."""
    caveats: Caveats
    """Those of them that are caveats about figures."""
    watch_for: str
    """Where the person makes no mistake: one that is named for their background, in a sentence or two; may be empty."""
    remarks: Remarks
    """Remarks of rules, by section."""
    changes: list[Ready]
    """What another answer would change, a sentence each."""
    open_questions: OpenQuestions
    """What was left open and would change nothing, as far as it was tried."""
    influence: InfluenceLabels
    """Which of the given answers the advice hangs on."""
    learn_first: list[FirstSkill]
    """The first few skills to learn for `near`, by what each does to the gap."""
    reasons: list[Reason]
    """The rules that fired, in the order in which they built on each other."""
    stamp: Stamp
    """What the report was made from."""
    organization: str
    """The name of the organization that gives the advice; empty where the knowledge base names none."""
    as_of: str
    """The day it is for, as YYYY-MM-DD; `as_of | date` prints it in words."""
    box: Boxes
    """Parts of a page that look different: `box.card` begins one, `box.end` ends it. In Markdown they print nothing."""
    figure: Figures
    """`figure.ID` is the figure with this id."""
    case: Answers
    """`case.ID` is the answer to this question in words, such as `case.background`."""


class Report(Body, frozen=True):
    """The names that every template may use."""

    sources: list[SourceRow]
    """The sources of the figures that the report prints; only in the block `sources`, which is made last."""
    unstated: list[Ready]
    """What several of these sources leave unsaid, with their publishers; only in the block `sources`, too."""
