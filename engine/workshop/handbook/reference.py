"""The parts of the handbook in which a reader looks things up: sources, backgrounds, places, occupations, resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from trackfit.engine.language import formats
from trackfit.engine.language.facts import Source
from trackfit.engine.language.markdown import code, escape, link, listing
from trackfit.engine.language.model import Facts, address_of
from trackfit.engine.report.sources import STANDINGS

HOW_SEEN = {
    "opened": "its address was opened",
    "page_copy": "a stored copy of the page was read",
    "publisher_repository": "its publisher's repository holds or links it",
    "cited": "several public repositories name it with this title",
}
"""How someone saw that a page is there, in words."""
OCCUPATIONS = (
    "For whoever wants to look further: look the code up at onetonline.org (O*NET-SOC) or ilostat.ilo.org (ISCO-08), "
    "and read what such people do, earn and need. AI jobs have no code of their own yet; these come nearest."
)


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; its cells are Markdown already."""
    yield f"| {' | '.join(heading)} |"
    yield f"| {' | '.join('---' for _ in heading)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def sources(facts: Facts) -> Iterator[str]:
    """Every source: what it is, how far it knows what it says, and who saw it when."""
    for source in facts.sources.values():
        title = (
            f"{escape(source.publisher)}, *{link(source.title, source.address)}*, {formats.date(source.date)}"
        )
        quoting = facts.sources[source.quoted_in] if source.quoted_in else None
        if quoting is not None:
            linked = link(quoting.publisher, address_of(facts, quoting.id))
            title = f"{title}, as quoted by {linked} ({code(quoting.id)})"
        yield f"- {code(source.id)}: {title}. {' '.join(_told_of(source, facts))}".rstrip()


def _told_of(source: Source, facts: Facts) -> Iterator[str]:
    if source.standing:
        yield f"Standing: {STANDINGS[source.standing]}."
    if scope := [escape(one) for one in (source.place, source.period) if one]:
        yield f"It speaks of {', '.join(scope)}."
    if source.method:
        yield f"How: {escape(source.method)}."
    for one in source.sample:
        figure = facts.figures[one]
        yield f"Sample: {escape(formats.figure(figure))} ({escape(figure.about)})."
    if source.checked and source.how:
        yield f"Seen on {source.checked}: {HOW_SEEN[source.how]}."
    if source.does_not_state:
        yield f"It does not state: {listing(source.does_not_state)}."


def backgrounds(facts: Facts) -> Iterator[str]:
    """Every background, in the order of the interview."""
    for row in sorted(facts.backgrounds.values(), key=lambda one: (one.order, one.id)):
        yield from (f"### {escape(row.name)}", "", escape(row.description), "")
        usual = listing([facts.skills[one].name for one in row.usual])
        for heading, told in (
            ("Usual, by our own judgement, besides what its routes list", usual),
            ("Published without months", escape(row.note or "")),
            ("Typical mistake", escape(row.mistake)),
            (
                "Market",
                "; ".join(
                    f"{escape(facts.figures[one].about)}, {escape(formats.figure(facts.figures[one]))} ({code(one)})"
                    for one in row.market
                ),
            ),
            ("Occupations that come nearest", nearest_occupations(row.occupations, facts)),
        ):
            if told:
                yield f"- {heading}: {told}{'' if told.endswith('.') else '.'}"
        yield f"- Called {code(row.id)} in answers files and rules."
        yield ""


def nearest_occupations(ids: Iterable[str], facts: Facts) -> str:
    """Occupations with their numbers, in a row."""
    rows = [facts.occupations[one] for one in ids]
    return "; ".join(escape(f"{row.name} ({row.system} {row.code})") for row in rows)


def places(facts: Facts) -> Iterator[str]:
    """The countries, the currencies, and the units of our own."""
    yield from table(
        ("Country", "Name", "Currency"),
        (
            (code(row.id), escape(row.name), escape(facts.currencies[row.currency].name))
            for row in facts.countries.values()
        ),
    )
    yield from ("", "Sums in different currencies are never compared or converted.", "")
    yield from table(
        ("Currency", "Name", "Also written", "Unit of its figures", "Figures"),
        (
            (
                code(row.id),
                escape(row.name),
                ", ".join(map(escape, row.signs)),
                code(f"{row.id}_per_year"),
                str(sum(figure.currency == row.id for figure in facts.figures.values())),
            )
            for row in facts.currencies.values()
        ),
    )
    yield ""
    yield from table(
        ("Unit of our own", "Printed as", "From", "To"),
        (
            (
                code(row.id),
                escape(row.says.replace("{}", "…")),
                *(map(formats.number, row.range) if row.range else ("", "")),
            )
            for row in facts.units.values()
        ),
    )


def occupations(facts: Facts) -> Iterator[str]:
    """The occupations as statisticians number them, with who comes near them."""
    yield from (escape(OCCUPATIONS), "")
    near = [(row.name, row.occupations) for row in facts.tracks.values()]
    near += [(row.name, row.occupations) for row in facts.backgrounds.values()]
    yield from table(
        ("System", "Code", "Occupation", "Nearest for"),
        (
            (
                escape(row.system),
                escape(row.code),
                escape(row.name),
                ", ".join(escape(name) for name, its in near if row.id in its),
            )
            for row in facts.occupations.values()
        ),
    )


def resources(facts: Facts) -> Iterator[str]:
    """Where skills can be learned, and who saw it when."""
    costs = {True: "yes", False: "no", None: "not known"}
    yield from table(
        ("Resource", "Title", "Publisher", "Kind", "Teaches", "Free", "Hours", "Seen on", "How", "Review by"),
        (
            (
                code(row.id),
                link(row.title, row.address),
                escape(row.publisher),
                row.kind,
                ", ".join(escape(facts.skills[one].name) for one in row.skills),
                costs[row.free],
                "" if row.hours is None else formats.number(row.hours),
                row.checked,
                HOW_SEEN[row.how],
                row.review_by,
            )
            for row in facts.resources.values()
        ),
    )
