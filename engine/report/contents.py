"""What templates are given for one consultation and its explanation: every name, filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.explanation.likeness import Likeness
from trackfit.engine.inference.consult import Consultation, Firing, GivenWarning, Recommendation
from trackfit.engine.inference.ways import NEAR
from trackfit.engine.language import formats
from trackfit.engine.language.attributes import HOURS
from trackfit.engine.language.markdown import Ready, Typed, link, plain_text, quoted_in, show
from trackfit.engine.language.model import Advise, Facts, Warn, address_of
from trackfit.engine.language.placeholders import render
from trackfit.engine.language.questions import asked
from trackfit.engine.report.book import Book
from trackfit.engine.report.drawing import charts
from trackfit.engine.report.drawing.boxes import boxes
from trackfit.engine.report.figures import FigureView
from trackfit.engine.report.names import (
    Answer,
    Body,
    Caveats,
    LikenessView,
    Person,
    Remarks,
    TrackRow,
    WarningView,
)
from trackfit.engine.report.sentences import Sentences
from trackfit.engine.report.since import since
from trackfit.engine.report.stamp import Stamp
from trackfit.engine.report.tracks import Average, RecommendationView, TrackView

SECTIONS = ("skills", "demand", "plan", "salary", "tracks", "answers", "doubts")


def contents(book: Book, explanation: Explanation, stamp: Stamp, then: Consultation | None = None) -> Body:
    """Every name that report templates may use, but those of the last block; without charts.

    What has moved since the consultation `then` is told where there is one.
    """
    consultation = book.consultation
    sentences = Sentences(book, explanation)
    recommendations = [RecommendationView(book, row) for row in consultation.recommendations]
    first = recommendations[0] if recommendations else None
    near = book.track(explanation.near) if explanation.near else None
    target = _target(book)
    own = {one.id: one for one in (near, target) if one is not None}
    return Body(
        person=_person(book),
        since=None if then is None else since(book, then),
        first=first,
        recommendations=recommendations,
        target=target,
        too_early=not (consultation.ways[0].held or consultation.ways[0].usual),
        near=near,
        likenesses=[_likeness(book, one) for one in explanation.likenesses],
        tracks=_tracks(book, sentences),
        own_tracks=list(own.values()),
        paid_tracks=[book.track(id_) for id_ in _paid(consultation)],
        averages=_averages(book),
        pay_scale=charts.mark(charts.SCALE) if book.page else Ready(""),
        plan=[book.route(route) for route in consultation.planned_routes],
        **_warned(book),
        remarks=Remarks(
            **{name: [said(book, one) for one in consultation.remarks(name)] for name in SECTIONS}
        ),
        changes=sentences.changes(),
        open_questions=sentences.open_questions(),
        influence=sentences.influence(),
        learn_first=sentences.first_to_learn(),
        reasons=sentences.fired(),
        stamp=stamp,
        organization=next((row.name for row in book.facts.organization.values()), ""),
        as_of=consultation.as_of,
        box=boxes(page=book.page),
        **book.names,
    )


def _target(book: Book) -> TrackView | None:
    """The track that the person aims at, if there is one."""
    aim = book.consultation.case.answers.get("target_track")
    return book.track(aim) if isinstance(aim, str) and aim in book.facts.tracks else None


def _warned(book: Book) -> dict[str, Any]:
    """The warnings, parted into mistakes and caveats; without a mistake, the one to watch for."""
    consultation = book.consultation
    warnings = [(book.facts.warnings[one.id].beside, _warning(book, one)) for one in consultation.warnings]
    mistakes = [view for beside, view in warnings if beside is None]
    background = book.facts.backgrounds[str(consultation.known("background"))]
    return {
        "warnings": [view for _, view in warnings],
        "mistakes": mistakes,
        "caveats": Caveats(
            **{
                part: [view for beside, view in warnings if beside == part]
                for part in Caveats.__struct_fields__
            }
        ),
        "watch_for": "" if mistakes else background.mistake,
    }


def said(book: Book, firing: Firing, shown: Callable[[Any], Ready] = show) -> Ready:
    """The text of a warning's or remark's rule for its row."""
    assert isinstance(firing.rule.then, Warn | Advise)
    bound = {binding.variable: book.bound(binding) for binding in firing.rule.bindings}
    printed: list[Ready] = []

    def put(value: Any) -> Ready:
        printed.append(shown(value))
        return printed[-1]

    return Ready(render(firing.rule.then.says, {**book.names, **bound}, put), quoted_in(printed))


def _warning(book: Book, warning: GivenWarning) -> WarningView:
    texts = dict.fromkeys(said(book, firing) for firing in warning.firings)
    row = book.facts.warnings[warning.id]
    return WarningView(
        title=row.title,
        short=row.short or "",
        ask=row.ask or "",
        objection=row.objection or "",
        kind=kind_of(book.facts, warning.id),
        severity=warning.severity,
        text=Ready(" ".join(texts), quoted_in(texts)),
    )


def _likeness(book: Book, found: Likeness) -> LikenessView:
    return LikenessView(
        a_background=formats.with_article(book.background(found.background).name),
        held=book.skills(found.held),
        missing=book.skills(found.missing),
        alike=100 * found.share >= book.facts.figures[NEAR].low if NEAR in book.facts.figures else False,
        routes=[book.route(route) for route in found.routes],
    )


def kind_of(facts: Facts, warning: str) -> str:
    """Whether a warning is of a mistake, or a caveat about figures."""
    return "caveat" if facts.warnings[warning].beside else "mistake"


def _person(book: Book) -> Person:
    case = book.consultation.case
    background = book.facts.backgrounds[str(case.answers["background"])]
    years = case.answers.get("years_experience")
    hours = case.answers.get(HOURS)
    return Person(
        name=Typed(plain_text(Typed(case.answers.get("name", "")))),
        background=book.answer("background"),
        a_background=formats.with_article(book.answer("background")),
        years=years if isinstance(years, int) else None,
        hours=hours if isinstance(hours, int) else None,
        goal=book.answer("salary_goal") if "salary_goal" in case.answers else "",
        basis=book.answer("salary_basis") if "salary_basis" in case.answers else "",
        answers=[
            Answer(label=row.label, value=book.answer(row.id))
            for row in asked(book.facts.attributes.values())
            if row.id in case.answers and row.type != "text"
        ],
        unmatched=[Typed(skill) for skill in case.unmatched],
        market=_market(book),
        note=background.note or "",
        note_by=[_named(book, id_) for id_ in background.sources],
        skills_known="skills" in case.answers,
    )


def _named(book: Book, source: str) -> Ready:
    """A source by its publisher and its title, which leads to its page."""
    row = book.facts.sources[source]
    return Ready(f"{show(Typed(row.publisher))}, *{link(row.title, address_of(book.facts, source))}*")


def _market(book: Book) -> list[FigureView]:
    """What is published about the market of the person's background."""
    background = book.facts.backgrounds[str(book.consultation.case.answers["background"])]
    rows = book.here(book.facts.figures[id_] for id_ in background.market)
    return book.figures(row.id for row in rows)


def _tracks(book: Book, sentences: Sentences) -> list[TrackRow]:
    """Every track for this person, nearest first."""
    ranked = {row.track: row for row in book.consultation.recommendations}
    return [
        _track_row(sentences, book.track(way.track), ranked.get(way.track)) for way in book.consultation.ways
    ]


def _track_row(sentences: Sentences, view: TrackView, found: Recommendation | None) -> TrackRow:
    """One track beside the others: its place, the months that a source gives this person, and why not it."""
    sourced = found is not None and found.basis == "sourced_route"
    route = view.route
    return TrackRow(
        track=view,
        rank=found.rank if found else 0,
        sourced=sourced,
        months=route.timeline if route and (sourced or route.priced_only) else "",
        behind=_behind(sentences.book, view.id),
        why_not=[] if found else sentences.why_not(view),
    )


def _behind(book: Book, track: str) -> str:
    """Why a track stands behind the first one: the share missing, or what tells it apart where that is the same."""
    way, first = book.way(track), book.consultation.ways[0]
    if way.place == 1:
        return ""
    if way.share_missing > first.share_missing:
        return "a larger share of its skills is missing"
    ways, known = book.kb.ways, book.consultation.memory.known
    mine, best = (
        ways.aside(one.track, book.facts.routes[one.route] if one.route else None, known)
        for one in (way, first)
    )
    told = {
        "wall": "it asks for mathematics, which you would rather avoid",
        "unsourced": "no source gives you a route there",
        "months": "its route takes more months",
        "aimed_elsewhere": "it is not your target",
    }
    why = next(name for name in told if getattr(mine, name) != getattr(best, name))
    return f"the same share is missing, but {told[why]}"


def _paid(consultation: Consultation) -> list[str]:
    """The tracks whose pay concerns this person: the nearest, those with a sourced route, and the target."""
    target = consultation.case.answers.get("target_track")
    return [way.track for way in consultation.ways if way.place == 1 or way.route or way.track == target]


def _averages(book: Book) -> list[Average]:
    """Those tracks' averages and medians, each once, with the tracks for which a source points to another's."""
    found: dict[str, list[str]] = {}
    for id_ in _paid(book.consultation):
        track = book.facts.tracks[id_]
        for figure in track.averages:
            borrowers = found.setdefault(figure, [])
            if book.facts.figures[figure].track != id_:
                borrowers.append(track.name)
    rows = book.here(book.facts.figures[id_] for id_ in found)
    return [Average(figure=book.figure(row.id), also_for=found[row.id]) for row in rows]
