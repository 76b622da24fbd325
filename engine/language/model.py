"""What a knowledge base is made of: its tables, what can be known about a person, and what rules make of it.

Frozen records, and nothing that acts.
"""

# Not `from __future__ import annotations`: what the fields say of their columns is read at run time.

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args

import msgspec

from trackfit.engine.language.columns import (
    AttributeId,
    Column,
    Id,
    Kind,
    Name,
    Record,
    Short,
    Table,
    Text,
    one_of,
)
from trackfit.engine.language.conditions import Condition
from trackfit.engine.language.facts import (
    USUAL_SIGN,
    AdvertWords,
    Ambiguous,
    AnswerWord,
    Background,
    CommonWords,
    Country,
    Currency,
    DateWord,
    Figure,
    Occupation,
    Organization,
    Resource,
    ResourceKind,
    Route,
    Skill,
    Source,
    Title,
    Track,
    Unit,
    WarningKind,
)
from trackfit.engine.language.measures import MEASURES, MeasuredTable

Value = str | int | bool | frozenset[str]
ValueType = Literal["choice", "whole_number", "money", "yes_no", "set", "text"]
Origin = Literal["asked", "measured", "concluded"]
Basis = Literal["sourced_route", "skill_overlap"]
WarningSeverity = Literal["high", "medium", "low"]
Section = Literal["skills", "demand", "plan", "salary", "tracks", "answers", "doubts"]
Cost = Annotated[int, Kind(least=1, most=1000)]


class Choice(Record, frozen=True, kw_only=True):
    """One value that a choice or a set may take, with the name people read."""

    id: Annotated[Id, Column("The id of a choice.")]
    name: Annotated[Short, Column("What readers see.")]


class Change(Record, frozen=True, kw_only=True):
    """How hard it is to change an answer, for the smallest change of advice; in no unit but that of the others.

    `cost` is for another value, for each `step` of a number, or for each element of a set that is newly held
    (a skill with all it counts as); `open` for answering a question that was left open. `only_up` forbids smaller
    numbers and earlier choices, `never` any change.
    """

    cost: Annotated[
        Cost, Column("For another value, each `step` of a number, or each element of a set newly held.")
    ] = 1
    open: Annotated[Cost, Column("For answering what was left open.")] = 1
    step: Annotated[
        int, Kind(least=1, most=1_000_000), Column("How much of a number counts as one step.")
    ] = 1
    only_up: Annotated[
        bool, Column("`true` if the number can only grow, or only a later choice be taken.")
    ] = False
    never: Annotated[bool, Column("`true` if it cannot change.")] = False


class Question(Record, frozen=True, kw_only=True):
    """How an attribute is asked. `only_if` tells for whom the question makes sense."""

    order: Annotated[int, Column("Its place, lowest first.")]
    question: Annotated[
        Text, Column('The question. Word a yes/no question so that "yes" means that the label is true.')
    ]
    help: Annotated[Text, Column("What is shown to someone who types `?`.")]
    examples: Annotated[tuple[Short, ...], Column("Answers as people may type them.")] = ()
    required: Annotated[bool, Column("`true` for the one question that must be answered.")] = False
    only_if: Annotated[
        Condition | None,
        Column("A condition on other answers: whom to ask.", written=dict[str, Any] | None),
    ] = None
    change: Annotated[
        Change | None, Column("How hard it is to give another answer, weighed against the other answers.")
    ] = None


class Attribute(Record, frozen=True, kw_only=True):
    """A declared thing that can be known about a case; `choices` is its closed vocabulary, in order.

    `of` names the table for whose every row the attribute exists once (`skills_held of mlops`). Where `default_by`
    names another answer, `defaults` holds the default for each value of that. What is `said_in` another answer is read
    out of its text and never asked.
    """

    id: Annotated[Id, Column("Its id, as rules and answers files name it.")]
    label: Annotated[Short, Column("How reports and messages name it inside a sentence.")]
    type: Annotated[
        ValueType,
        Column("`choice`, `whole_number`, `money`, `yes_no`, `set` or `text`. No rule may look at a text."),
    ]
    origin: Origin
    choices: Annotated[
        tuple[Choice, ...],
        Column(
            "For a choice or a set, and then always: a table (`backgrounds`, `tracks`, `skills`, `countries`, "
            "`currencies`), `milestones` (those of tracks and routes), or a list.",
            wanted="backgrounds, tracks, skills, or a list of choices with `id` and `name`",
            written=Literal["backgrounds", "tracks", "skills", "countries", "currencies", "milestones"]
            | tuple[Choice, ...]
            | None,
        ),
    ] = ()
    also: ClassVar[
        Annotated[
            tuple[Choice, ...],
            Column("Further choices beside those of a table; they come first.", optional=True),
        ]
    ]
    range: Annotated[
        tuple[int, int] | None,
        Column(
            "For a whole number or money, and then always: the lowest and the highest value.",
            wanted="two whole numbers, as in [0, 60]",
        ),
    ] = None
    default: Annotated[Name | None, Column("What is assumed if the question is left open …")] = None
    default_with: Annotated[AttributeId | None, Column("… and this other question was answered.")] = None
    default_by: Annotated[
        AttributeId | None,
        Column(
            "For what is `said_in` an answer: another answer that decides what is assumed, such as the country."
        ),
    ] = None
    defaults: dict[str, str] = msgspec.field(default_factory=dict)
    said_in: Annotated[
        AttributeId | None,
        Column(
            "The answer in whose text this is said, such as a currency in an amount. It is never asked by itself."
        ),
    ] = None
    question: Annotated[Question | None, Column("How the interview asks for it.", key="asked")] = None
    measure: Annotated[
        str | None,
        Column(
            "The measure that works it out, from the answers and the figures.",
            key="measured",
            written=one_of(MEASURES) | None,
        ),
    ] = None
    concluded: ClassVar[
        Annotated[Literal[True] | None, Column("`true` if rules conclude it.", optional=True)]
    ]
    of: Annotated[
        MeasuredTable | None,
        Column(
            "`tracks` or `currencies`, if it has one value for each row. Rules then write `percent_held of mlops`."
        ),
    ] = None

    def default_for(self, answers: Mapping[str, Value]) -> str | None:
        """What is taken for the answer of someone who leaves it open."""
        by = answers.get(self.default_by) if self.default_by else None
        return self.defaults.get(by, self.default) if isinstance(by, str) else self.default


class Conclude(Record, frozen=True, tag="conclude"):
    """Gives an attribute a value (a set attribute: one more element)."""

    attribute: str
    value: str | bool


class Recommend(Record, frozen=True, tag="recommend"):
    """Puts a track among the recommendations."""

    track: str


class Warn(Record, frozen=True, tag="warn"):
    """Warns of a mistake; `says` is a template text."""

    warning: str
    severity: WarningSeverity
    says: str


class Advise(Record, frozen=True, tag="advise"):
    """Adds a remark to a section of the report; `says` is a template text."""

    section: str
    says: str


class Plan(Record, frozen=True, tag="plan"):
    """Puts a route's months and outcomes into the plan."""

    route: str


Then = Conclude | Recommend | Warn | Advise | Plan


class Binding(Record, frozen=True):
    """The row that a rule's loop variable stands for."""

    variable: str
    table: str
    row: str


class GroundRule(Record, frozen=True):
    """A rule for one row of its `for_each` table (or for none); `key` is unique, `rule` is the author's id."""

    key: str
    rule: str
    title: str
    when: Condition
    then: Then
    stratum: int = 0
    salience: int = 0
    bindings: tuple[Binding, ...] = ()


class GroundAttribute(Record, frozen=True):
    """An attribute as conditions name it: `years_experience`, or `skills_held of mlops`."""

    name: str
    attribute: str
    row: str | None = None


class Facts(Record, frozen=True, kw_only=True):
    """The tables of a knowledge base, each row under its id, in order of id."""

    sources: Annotated[dict[str, Source], Table("Who published a number, and what they leave unsaid.")]
    figures: Annotated[
        dict[str, Figure],
        Table("Numbers, each with its unit, date and source. A figure has either a `value` or is `derived`."),
    ]
    tracks: Annotated[dict[str, Track], Table("The kinds of job that the advice chooses between.")]
    backgrounds: Annotated[
        dict[str, Background],
        Table("Where people come from. The interview offers them in the order of `order`."),
    ]
    routes: Annotated[
        dict[str, Route],
        Table("What a source says about the way from a background to a track."),
    ]
    skills: Annotated[
        dict[str, Skill], Table("The vocabulary of skills, with the ways in which people write them.")
    ]
    ambiguous: Annotated[
        dict[str, Ambiguous],
        Table("Texts that may mean more than one skill. The interview asks which one is meant."),
    ]
    titles: Annotated[
        dict[str, Title],
        Table(
            "What words of a job title tell of a person, for `trackfit import`. "
            "The longest that a title has decide."
        ),
    ]
    date_words: Annotated[
        dict[str, DateWord],
        Table(
            "The months, and what stands for an end that is not yet, as résumés in several languages write them."
        ),
    ]
    answer_words: Annotated[
        dict[str, AnswerWord], Table("What people write for yes and no, in several languages.")
    ]
    common_words: Annotated[
        dict[str, CommonWords],
        Table("Skills whose names are words of every sentence, too, and what makes them a skill in one."),
    ]
    advert_words: Annotated[
        dict[str, AdvertWords],
        Table(
            "Words of job advertisements, for `trackfit match`: what is required, wished for, not asked for."
        ),
    ]
    resources: Annotated[
        dict[str, Resource], Table("Where skills can be learned. The plan shows one or two a skill.")
    ]
    currencies: Annotated[
        dict[str, Currency],
        Table("Money that people are paid in. Sums of different currencies are never compared."),
    ]
    countries: Annotated[dict[str, Country], Table("Where people work, and the currency there.")]
    units: Annotated[dict[str, Unit], Table("Units of figures besides those that the program has.")]
    occupations: Annotated[
        dict[str, Occupation],
        Table("Occupations as statisticians number them, for whoever wants to look further."),
    ]
    warnings: Annotated[
        dict[str, WarningKind],
        Table("The kinds of warning that rules may give, with the heading that the reader sees."),
    ]
    organization: Annotated[
        dict[str, Organization],
        Table("Who gives the advice, and how a page looks like theirs; one row at most."),
    ]
    attributes: Annotated[
        dict[str, Attribute],
        Table("What can be known about a person: it is asked, measured or concluded."),
    ]


def sign_of(facts: Facts, currency: str) -> str:
    """How reports write a currency."""
    row = facts.currencies.get(currency)
    return USUAL_SIGN if row is None else row.signs[0]


def address_of(facts: Facts, source: str) -> str | None:
    """Where a source was read: its own address, else that of the source which quotes it."""
    seen: set[str] = set()
    id_: str | None = source
    while id_ is not None and id_ not in seen:
        seen.add(id_)
        row = facts.sources[id_]
        if row.address is not None:
            return row.address
        id_ = row.quoted_in
    return None


def resources_for(facts: Facts, skill: str) -> list[Resource]:
    """Where a skill can be learned: what is about it first, then by kind, then what is free."""
    found = [row for row in facts.resources.values() if skill in row.skills]
    kinds = get_args(ResourceKind)
    return sorted(
        found, key=lambda row: (row.skills[0] != skill, kinds.index(row.kind), row.free is not True, row.id)
    )


class Program(Record, frozen=True):
    """What the engine runs: ground rules in order of stratum and key, and the attributes they speak of."""

    rules: tuple[GroundRule, ...]
    attributes: dict[str, GroundAttribute]


RECOMMENDED = "recommended"
WARNED = "warned"


def given_by(rule: GroundRule) -> tuple[str, ...]:
    """What a rule gives, as far as a second rule that gives the same adds nothing.

    A text can say something else for another row.
    """
    rows = tuple(f"{one.variable}={one.row}" for one in rule.bindings)
    match rule.then:
        case Conclude(attribute=attribute, value=value):
            return ("conclude", attribute, str(value))
        case Recommend(track=track):
            return ("recommend", track)
        case Warn(warning=warning, severity=severity, says=says):
            return ("warn", warning, severity, says, *rows)
        case Advise(section=section, says=says):
            return ("advise", section, says, *rows)
        case Plan(route=route):
            return ("plan", route)


def conclusion_of(then: Then) -> tuple[str, str | bool] | None:
    """The attribute and value that a consequence makes known to later rules, or None for mere remarks."""
    match then:
        case Conclude():
            return then.attribute, then.value
        case Recommend():
            return RECOMMENDED, then.track
        case Warn():
            return WARNED, then.warning
        case Advise() | Plan():
            return None
