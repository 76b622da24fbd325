"""What is known of the world: the rows of the facts tables, one record each, and every column told once.

The columns stand in the order of the files. Ids are plain text; the loader has checked that each names a row.
"""

# Not `from __future__ import annotations`: what the fields say of their columns is read at run time.

from math import inf
from typing import Annotated, Literal

from trackfit.engine.language.columns import (
    Address,
    BackgroundId,
    Column,
    Day,
    FigureId,
    Id,
    Kind,
    Month,
    Name,
    Number,
    Record,
    RowOf,
    Seen,
    Short,
    SkillId,
    SourceId,
    Text,
    TrackId,
)

COLOR = r"^#[0-9a-fA-F]{6}$"
USUAL_CURRENCY = "usd"
"""The currency of a sum that names none, and of who names no country."""
USUAL_SIGN = "$"
MONEY_A_YEAR = "_per_year"
"""How the unit of a sum of money ends; before it stands the currency."""
CountryId = Annotated[str, RowOf("countries")]
CurrencyId = Annotated[str, RowOf("currencies")]
OccupationId = Annotated[str, RowOf("occupations")]
SkillKind = Literal[
    "language",
    "framework",
    "data",
    "cloud",
    "infrastructure",
    "security",
    "testing",
    "ml",
    "llm",
    "practice",
    "leadership",
    "soft",
    "business",
    "tool",
    "domain",
]
ResourceKind = Literal["documentation", "tutorial", "course", "book", "article", "repository"]
"""Kinds of resources, those to begin with first."""
HowSeen = Literal["opened", "page_copy", "publisher_repository", "cited"]
"""How someone saw that a page is there."""
Level = Literal["entry", "mid", "senior", "staff", "lead"]
NUMBER_OR_RANGE = "a number, or a range such as [3, 6]"


def currency_of(unit: str) -> str | None:
    """The currency of a unit; None where it is no money.

    >>> currency_of("gbp_per_year"), currency_of("months")
    ('gbp', None)
    """
    return unit.removesuffix(MONEY_A_YEAR) if unit.endswith(MONEY_A_YEAR) else None


class Source(Record, frozen=True, kw_only=True):
    """Where a figure comes from. `date` is YYYY, YYYY-Qn, YYYY-MM or YYYY-MM-DD.

    `standing` says how far it knows what it says, `place` and `period` where and when that holds, `method` how it was
    found; each None where it is not stated. `checked` and `how` say when and how someone saw its page.
    """

    id: Annotated[Id, Column("Its id.")]
    publisher: Annotated[Short, Column("Who published it.")]
    title: Annotated[Short, Column("What it is called.")]
    address: Annotated[
        Address | None, Column("Where its page is: `https://…`. Never write one that you have not seen.")
    ] = None
    date: Annotated[Month, Column('When, in quotes: `"2026"`, `"2025-Q3"`, `"2026-04"` or `"2026-04-28"`.')]
    standing: Annotated[
        Literal["first_hand", "one_author", "ours"] | None,
        Column(
            "How far it knows what it says: `first_hand` if it counted or asked itself, `one_author` if it is the "
            "judgement of one author, `ours` for a choice of our own. Left out with `quoted_in`."
        ),
    ] = None
    quoted_in: Annotated[
        SourceId | None, Column("The source in which we read it, if we did not read it ourselves.")
    ] = None
    place: Annotated[Short | None, Column("The place that it speaks of, if it says so.")] = None
    period: Annotated[Short | None, Column("The time that it speaks of, if that is not its date.")] = None
    method: Annotated[Short | None, Column("How it found out, if it says so.")] = None
    sample: Annotated[tuple[FigureId, ...], Column("Figures that say how much it looked at.")] = ()
    checked: Annotated[Seen | None, Column("The day on which someone last saw its page.")] = None
    how: Annotated[
        HowSeen | None,
        Column(
            "How they saw it: `opened` (the address itself), `page_copy` (a stored copy of the page), "
            "`publisher_repository` (the publisher's own repository holds or links it), or `cited` (it stands, with "
            "this title, in several public repositories)."
        ),
    ] = None
    does_not_state: Annotated[
        tuple[Short, ...],
        Column("What a careful reader would want to know, and cannot find there. Printed in the report."),
    ] = ()


class Derived(Record, frozen=True, kw_only=True):
    """How a derived figure is worked out from stated ones."""

    difference: Annotated[
        tuple[FigureId, FigureId],
        Column(
            "Two figures that are single numbers; the second is taken from the first.",
            wanted="two figures, as in [the_larger, the_smaller]",
        ),
    ]


class Earlier(Record, frozen=True, kw_only=True):
    """What a figure was before, with its own date, review date and sources."""

    value: Annotated[
        Number | tuple[Number, Number], Column("The number or range that it was.", wanted=NUMBER_OR_RANGE)
    ]
    open_ended: Annotated[bool, Column('`true` if the source said "and up".')] = False
    approximate: Annotated[bool, Column('`true` if the source said "about".')] = False
    as_of: Annotated[
        Month,
        Column(
            "When that held. The day on which it began to count is the first of that year, quarter or month."
        ),
    ]
    review_by: Annotated[Day, Column("The day by which it had to be looked at again.")]
    sources: Annotated[tuple[SourceId, ...], Column("The ids of its sources.", least=1)]
    where: Annotated[Short | None, Column("Where in the source it stood.")] = None


class Figure(Record, frozen=True, kw_only=True):
    """A number, or a [low, high] range, with its unit, source and date.

    `open_ended` means the source says "and up"; `approximate`, "about". `years` is the range of years of
    experience a salary band covers, its top None where open. `difference` holds the two figure ids that a
    derived figure subtracts. `earlier` holds what it was before, the newest first. Money is printed with its `sign`, a
    number in a declared unit by its `form`.
    """

    id: Annotated[Id, Column("Its id. Texts quote it as `{{ figure.its_id }}`.")]
    about: Annotated[Short, Column("What it measures, as a phrase that fits into a sentence.")]
    value: Annotated[
        Number | tuple[Number, Number],
        Column("One number, or a range `[low, high]`.", wanted=NUMBER_OR_RANGE, optional=True),
    ]
    difference: Annotated[
        tuple[str, str] | None,
        Column("Instead of a value: how it is worked out.", key="derived", written=Derived | None),
    ] = None
    open_ended: Annotated[bool, Column('`true` if the source says "and up".')] = False
    approximate: Annotated[bool, Column('`true` if the source says "about".')] = False
    unit: Annotated[Name, Column("What the number counts; it decides how reports print it.")]
    sign: str = USUAL_SIGN
    form: str | None = None
    basis: Annotated[
        Literal["base", "total", "not_stated"] | None,
        Column(
            "For money, such as `usd_per_year`, and then always: `base`, `total`, or `not_stated` if the source does not say."
        ),
    ] = None
    track: Annotated[TrackId | None, Column("The track it is about.")] = None
    family: Annotated[Name | None, Column("For a track with families: which of them.")] = None
    level: Annotated[Level | None, Column("`entry`, `mid`, `senior`, `staff` or `lead`.")] = None
    years: Annotated[
        tuple[int, int | None] | None,
        Column(
            "Years of experience that a salary band covers: `[6, 9]`, or `[10, null]` if it has no upper end. "
            "Left out if the source gives none.",
            wanted="two whole numbers, as in [0, 2], or [7, null] where the source says “and more”",
        ),
    ] = None
    skill: Annotated[SkillId | None, Column("The skill it is about.")] = None
    background: Annotated[
        BackgroundId | None,
        Column("The background it is about, such as that of the people whose months it gives."),
    ] = None
    country: Annotated[CountryId | None, Column("The country that it holds for, if the source says so.")] = (
        None
    )
    occupation: Annotated[OccupationId | None, Column("The occupation it is about.")] = None
    employer: Annotated[Short | None, Column("The one employer that it is about.")] = None
    as_of: Annotated[
        Month,
        Column("When the number held, written like a source's date. Required with a `value`.", optional=True),
    ]
    review_by: Annotated[
        Day,
        Column(
            'The day by which a coach looks at it again: `"2027-04-30"`. After it, reports call the figure out of date.'
        ),
    ]
    sources: Annotated[
        tuple[SourceId, ...], Column("The ids of its sources. Required with a `value`.", optional=True)
    ]
    where: Annotated[Short | None, Column("Where in the source it stands.")] = None
    earlier: Annotated[
        tuple[Earlier, ...],
        Column("What it was before, the newest first; advice for an earlier day (`--as-of`) quotes that."),
    ] = ()

    @property
    def low(self) -> int | float:
        """The number itself, or the range's lower end."""
        return self.value[0] if isinstance(self.value, tuple) else self.value

    @property
    def high(self) -> int | float:
        """The number itself, or the range's upper end."""
        return self.value[1] if isinstance(self.value, tuple) else self.value

    @property
    def is_band(self) -> bool:
        """True for a salary band: money, for one track at one level."""
        return self.currency is not None and self.track is not None and self.level is not None

    @property
    def currency(self) -> str | None:
        """The currency of a sum of money a year."""
        return currency_of(self.unit)

    @property
    def span(self) -> tuple[float, float]:
        """The years of experience for sorting: an open end is endless, and years that are not stated come first."""
        low, high = self.years or (-1, -1)
        return low, inf if high is None else high


class TrackSkill(Record, frozen=True, kw_only=True):
    """A skill that a track asks for, with the figures that say how much it is asked for."""

    skill: Annotated[SkillId, Column("The skill.")]
    demand: Annotated[tuple[FigureId, ...], Column("Figures that say how much it is asked for.")] = ()
    family: Annotated[Name | None, Column("The family that asks for it.")] = None


class Family(Record, frozen=True, kw_only=True):
    """One of several kinds of job that a track covers."""

    id: Annotated[Id, Column("The family's id, known within this track.")]
    name: Annotated[Short, Column("Its name.")]
    role: Annotated[Short | None, Column("What a person in it is called.")] = None
    daily_work: Annotated[tuple[Text, ...], Column("What the days are like in this family.")] = ()


class Milestone(Record, frozen=True, kw_only=True):
    """Skills that are learned together, and what exists when they are, so that another person can check it."""

    id: Annotated[
        Id | None, Column("Its id, which people write under `done`; without one it cannot be ticked off.")
    ] = None
    skills: Annotated[tuple[SkillId, ...], Column("The skills it takes.", least=1)]
    outcome: Annotated[Text, Column("What exists then, so that another person can check it.")]


class Track(Record, frozen=True, kw_only=True):
    """A career track; `skills` in order of demand."""

    id: Annotated[Id, Column("Its id.")]
    name: Annotated[Short, Column("The track's name.")]
    role: Annotated[Short, Column("What a person in it is called.")]
    titles: Annotated[
        tuple[Short, ...], Column("Other titles under which such jobs are advertised, to search for.")
    ] = ()
    feeder: Annotated[BackgroundId, Column("The background that most often leads here.")]
    math: Annotated[
        Literal["none", "required", "not_stated"],
        Column("Whether it asks for mathematics: `none`, `required`, or `not_stated`."),
    ] = "not_stated"
    daily_work: Annotated[
        tuple[Text, ...], Column("What the days are like, one line each; the interview shows the first.")
    ]
    skills: Annotated[
        tuple[TrackSkill, ...],
        Column(
            "What it asks for, the most wanted first: the one list on which a person's gap is counted.",
            least=1,
        ),
    ]
    families: Annotated[tuple[Family, ...], Column("The kinds of job in it, if there are several.")] = ()
    growth: Annotated[tuple[FigureId, ...], Column("Figures about the growth of the track as a whole.")] = ()
    averages: Annotated[
        tuple[FigureId, ...],
        Column("Salary figures that are no bands: averages, and medians of single companies."),
    ] = ()
    market: Annotated[
        tuple[FigureId, ...], Column("Figures of what else is published about its market.")
    ] = ()
    occupations: Annotated[tuple[OccupationId, ...], Column("The occupations that come nearest.")] = ()
    milestones: Annotated[
        tuple[Milestone, ...],
        Column("What can be reached on the way, for the plan; which comes first follows from the skills."),
    ] = ()


class Background(Record, frozen=True, kw_only=True):
    """Where a person comes from."""

    id: Annotated[Id, Column("Its id, as answers files name it.")]
    name: Annotated[Short, Column("What the interview shows.")]
    description: Annotated[Text, Column("One sentence to recognize oneself in.")]
    order: Annotated[int, Column("Its place in the interview, lowest first.")]
    usual: Annotated[
        tuple[SkillId, ...], Column("Skills that people of this background bring, by our own judgement.")
    ] = ()
    note: Annotated[
        Text | None, Column("What is published about ways from here, without months, in a sentence or two.")
    ] = None
    sources: Annotated[tuple[SourceId, ...], Column("Whose words the note tells.")] = ()
    market: Annotated[
        tuple[FigureId, ...],
        Column("Figures about the market of people of this background, such as what they are paid now."),
    ] = ()
    occupations: Annotated[tuple[OccupationId, ...], Column("The occupations that come nearest.")] = ()
    mistake: Annotated[
        Text, Column("The mistake that its people make most; told as one to watch for, where they make none.")
    ] = ""


class Stage(Record, frozen=True, kw_only=True):
    """One stretch of a route's months, with the skills it is for and an outcome that can be checked."""

    id: Annotated[
        Id | None, Column("Its id, which people write under `done`; without one it cannot be ticked off.")
    ] = None
    months: Annotated[str, RowOf("figures", unit="month_of_plan"), Column("A figure in `month_of_plan`.")]
    skills: Annotated[tuple[SkillId, ...], Column("The skills this stage is for.")]
    outcome: Annotated[Text, Column("What exists at its end, so that another person can check it.")]


class Route(Record, frozen=True, kw_only=True):
    """From one background to one track. `timeline`, `transfer` and `years_from` are figure ids."""

    id: Annotated[Id, Column("Its id.")]
    background: Annotated[BackgroundId, Column("Where it starts.")]
    track: Annotated[TrackId, Column("Where it leads.")]
    standing: Annotated[
        Literal["recommended", "priced"],
        Column("`recommended`, or `priced` if the source gives the months and advises against it."),
    ]
    years_from: Annotated[
        Annotated[str, RowOf("figures", unit="years")] | None,
        Column("A figure in `years`: for people with fewer, the source does not give this route."),
    ] = None
    timeline: Annotated[str, RowOf("figures", unit="months"), Column("A figure in `months`.")]
    transfer: Annotated[
        Annotated[str, RowOf("figures", unit="percent_of_stack")] | None,
        Column("A figure in `percent_of_stack`: how much carries over."),
    ] = None
    carries_over: Annotated[
        tuple[SkillId, ...],
        Column("Skills that people from this background usually bring. May be empty: `[]`."),
    ]
    gap: Annotated[
        tuple[SkillId, ...],
        Column("What the source says is missing. A person's gap is counted on the track's list."),
    ]
    math: Annotated[
        Literal["none", "required", "not_stated"],
        Column("Whether it asks for mathematics: `none`, `required`, or `not_stated`."),
    ]
    note: Annotated[Text, Column("What is special about it, in a sentence or two.")]
    stages: Annotated[
        tuple[Stage, ...], Column("How the source splits the months; left out if it does not.")
    ] = ()


class Skill(Record, frozen=True, kw_only=True):
    """One skill of the vocabulary; holding it is holding every skill it `counts_as`, too."""

    id: Annotated[Id, Column("Its id.")]
    name: Annotated[Short, Column("What readers see.")]
    kind: Annotated[
        SkillKind,
        Column(
            "`language`, `framework`, `data`, `cloud`, `infrastructure`, `security`, `testing`, `ml`, `llm`, "
            "`practice`, `leadership`, `soft`, `business`, `tool` or `domain`."
        ),
    ]
    aliases: Annotated[
        tuple[Short, ...],
        Column(
            "Other ways to type it. Capitals, spaces and punctuation do not matter, except for `+` and `#`."
        ),
    ] = ()
    counts_as: Annotated[
        tuple[SkillId, ...], Column("Broader skills that anyone who holds this one surely holds too.")
    ] = ()
    needs: Annotated[tuple[SkillId, ...], Column("Skills to learn first.")] = ()
    effort: Annotated[
        Annotated[int, Kind(least=1, most=10)],
        Column(
            "How much work it is to learn beside other skills, by our own estimate: 1 for a tool, 2 for most, more for "
            "a field. Plans split the weeks by it."
        ),
    ] = 2
    cv_line: Annotated[
        Text | None,
        Column("A line for the CV of a person who holds it, with … where only they know what belongs there."),
    ] = None


class Ambiguous(Record, frozen=True, kw_only=True):
    """A short form that people type for more than one skill."""

    id: Annotated[Short, Column("The text, such as `tf`.")]
    may_mean: Annotated[
        tuple[SkillId, ...],
        Column(
            "The skills it may stand for, at least two.",
            wanted="a list of at least two skills, as in [terraform, tensorflow]",
            least=2,
        ),
    ]


class Title(Record, frozen=True, kw_only=True):
    """Words of job titles, and what they tell: the background, or that such a job is not counted as experience."""

    id: Annotated[Id, Column("Its id.")]
    words: Annotated[
        tuple[Short, ...],
        Column(
            "Words, each as they stand in titles. Capitals, spaces, accents and punctuation do not matter, "
            "except for `+` and `#`.",
            least=1,
        ),
    ]
    background: Annotated[BackgroundId | None, Column("The background of people with such a title.")] = None
    not_counted: Annotated[
        bool,
        Column(
            "Instead of a background: `true` if such a job is not counted as experience, as an internship is not.",
            written=Literal[True] | None,
        ),
    ] = False
    weak: Annotated[
        bool,
        Column(
            "`true` if the words count only in a title that has none of the other rows.",
            written=Literal[True] | None,
        ),
    ] = False


class DateWord(Record, frozen=True, kw_only=True):
    """A month, or what stands where a job goes on, in the languages of résumés."""

    id: Annotated[Id, Column("Its id.")]
    words: Annotated[
        tuple[Short, ...],
        Column("What people write for it. Capitals, accents and a point behind it do not matter.", least=1),
    ]
    month: Annotated[
        Number | None,
        Column("The month's number, from 1 to 12; left out for words that say that a job goes on."),
    ] = None


class AnswerWord(Record, frozen=True, kw_only=True):
    """Words for yes, or for no, in the languages in which people fill in sheets."""

    id: Annotated[Id, Column("Its id.")]
    yes: Annotated[bool, Column("`true` for words that say yes, `false` for those that say no.")]
    words: Annotated[
        tuple[Short, ...],
        Column("What people write for it. Capitals and accents do not matter.", least=1),
    ]


class CommonWords(Record, frozen=True, kw_only=True):
    """Names of skills that are words of every sentence, too, and what it takes for them to be a skill in running text."""

    id: Annotated[Id, Column("Its id.")]
    needs: Annotated[
        Literal["capitals", "context", "request", "list"],
        Column(
            "`capitals`: written like this, it is the skill (REST). `context`: written like this, and in a list with "
            "other skills or beside words that say what it is (Go). `request`: in such a list, or asked for (monitoring). "
            "`list`: in no sentence, only where somebody lists their skills."
        ),
    ]
    words: Annotated[tuple[Short, ...], Column("The words, as people write them.", least=1)]


class AdvertWords(Record, frozen=True, kw_only=True):
    """Words of job advertisements, and what they say of the skills beside or below them."""

    id: Annotated[Id, Column("Its id.")]
    means: Annotated[
        Literal["wished", "required", "denied", "aside", "asked", "level"],
        Column(
            "`wished` (welcome), `required`, `denied` (not asked for), `aside` (nothing is asked for here), `asked` (the "
            "job again), or `level` (how senior the job is)."
        ),
    ]
    stands: Annotated[
        Literal["heading", "before", "behind", "anywhere"] | None,
        Column(
            "Where: as a `heading`, `before` or `behind` what is meant, or `anywhere` in the sentence. Left out with `level`."
        ),
    ] = None
    level: Annotated[Level | None, Column("With `level`: which.")] = None
    words: Annotated[
        tuple[Short, ...],
        Column("The words. Capitals, accents and points do not matter; only whole words count.", least=1),
    ]


class Resource(Record, frozen=True, kw_only=True):
    """Where a skill can be learned; `free` and `hours` are None where nobody says."""

    id: Annotated[Id, Column("Its id.")]
    skills: Annotated[tuple[SkillId, ...], Column("The skills that it teaches, the main one first.", least=1)]
    title: Annotated[Short, Column("What it is called.")]
    publisher: Annotated[Short, Column("Who published it.")]
    address: Annotated[Address, Column("Where it is: `https://…`. Never write one that you have not seen.")]
    kind: Annotated[
        ResourceKind,
        Column(
            "`documentation` (by those who make the thing), `tutorial`, `course`, `book`, `article` or `repository`."
        ),
    ]
    free: Annotated[bool | None, Column("Whether it costs nothing. Left out where you do not know.")] = None
    hours: Annotated[Number | None, Column("How many hours it takes, only where the publisher says so.")] = (
        None
    )
    checked: Annotated[Seen, Column("The day on which someone last saw it.")]
    how: Annotated[
        HowSeen,
        Column("How they saw it: `opened`, `page_copy`, `publisher_repository` or `cited`, as for sources."),
    ]
    review_by: Annotated[Day, Column("The day by which someone looks again.")]


class Currency(Record, frozen=True, kw_only=True):
    """Money, and the signs and words by which people name it. The id is its ISO code in small letters."""

    id: Annotated[
        str,
        Kind(pattern=r"^[a-z]{3}$"),
        Column(
            "Its ISO code in small letters. Figures in it have the unit of that name, such as `gbp_per_year`."
        ),
    ]
    name: Annotated[Short, Column("What it is called, such as euros.")]
    signs: Annotated[
        tuple[Short, ...],
        Column(
            "How people write it before or after a number, besides its code; reports print the first.",
            least=1,
        ),
    ]


class Country(Record, frozen=True, kw_only=True):
    """Where people work, and the currency there."""

    id: Annotated[Id, Column("Its ISO code in small letters, as answers files name it.")]
    name: Annotated[Short, Column("Its name.")]
    currency: Annotated[CurrencyId, Column("The currency there.")]


class Unit(Record, frozen=True, kw_only=True):
    """A unit of figures besides those that the program has."""

    id: Annotated[Id, Column("Its id, as figures name it.")]
    says: Annotated[Short, Column("How a number in it is printed, with {} for the number.")]
    range: Annotated[
        tuple[Number, Number] | None,
        Column("The lowest and the highest number that it can be.", wanted="two numbers, as in [0, 100]"),
    ] = None


class Occupation(Record, frozen=True, kw_only=True):
    """An occupation as statisticians number it."""

    id: Annotated[Id, Column("Its id.")]
    system: Annotated[Short, Column("Whose numbers these are, such as ISCO-08.")]
    code: Annotated[Short, Column("Its number there, in quotes.")]
    name: Annotated[Short, Column("What it is called there.")]


class WarningKind(Record, frozen=True, kw_only=True):
    """A warning that rules may give, with its heading."""

    id: Annotated[Id, Column("Its id. Other programs rely on it, so it is never changed.")]
    title: Annotated[Short, Column("The heading in the report.")]
    short: Annotated[
        Text | None, Column("For a mistake: what it is in one sentence, for the card on top of the report.")
    ] = None
    ask: Annotated[
        Text | None, Column("What a coach asks in the talk where it is given, in one question.")
    ] = None
    objection: Annotated[
        Text | None, Column("What people say against it; the texts of its rules are the answer.")
    ] = None
    beside: Annotated[
        Literal["recommendation", "salary", "sources"] | None,
        Column("For a caveat: the part of the report beside whose figures it stands. A mistake has none."),
    ] = None


class Organization(Record, frozen=True, kw_only=True):
    """Who gives the advice: their name, and how a page looks like theirs. A knowledge base has one at most."""

    id: Annotated[Id, Column("Its id.")]
    name: Annotated[Short, Column("What reports call it, as in “by the career office”.")]
    logo: Annotated[
        Annotated[str, Kind(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(png|jpg|jpeg)$", most=80)] | None,
        Column(
            "The name of a PNG or JPEG file in `templates/`. It stands on top of a page.",
            wanted="the name of a PNG or JPEG file in templates/, such as logo.png",
        ),
    ] = None
    color: Annotated[
        Annotated[str, Kind(pattern=COLOR, example='"#1f5fbf"')] | None,
        Column('The color of links and bars on white, in quotes: `"#1f5fbf"`.'),
    ] = None
    dark_color: Annotated[
        Annotated[str, Kind(pattern=COLOR, example='"#82b4f7"')] | None,
        Column("The same for screens that are dark."),
    ] = None
