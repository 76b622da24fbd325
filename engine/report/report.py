"""Consultation → advice: the Markdown report, and the JSON of the contract, from one set of views."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec

from trackfit import __version__
from trackfit.engine.inference.consult import Consultation, Firing, GivenWarning, Recommendation
from trackfit.engine.inference.measures import stale
from trackfit.engine.language import formats
from trackfit.engine.language.facts import Figure
from trackfit.engine.language.markdown import Later, Ready, Typed, link, listing, plain_text, show
from trackfit.engine.language.model import Advise, Warn, address_of
from trackfit.engine.language.placeholders import render
from trackfit.engine.language.questions import asked
from trackfit.engine.report.charts import Charts, Drawing, Shown
from trackfit.engine.report.context import (
    Answer,
    Footnote,
    Person,
    Remarks,
    Report,
    SourceRow,
    Stamp,
    TrackRow,
    WarningView,
)
from trackfit.engine.report.reasons import Reasons
from trackfit.engine.report.templates import SUFFIX, OwnTemplate, render_file
from trackfit.engine.report.track_views import Average, RecommendationView, TrackView, skill_groups
from trackfit.engine.report.views import Book, FigureView

TEMPLATE = "report"
SECTIONS = ("skills", "plan", "salary", "tracks", "answers", "doubts")
SAMPLED = {"postings": "percent_of_postings", "salaries": "usd_per_year"}
"""What a sample counts, and the unit of the figures that rest on it."""
STANDINGS = {
    "first_hand": "counted or asked by its publisher",
    "one_author": "one author's judgement",
    "ours": "our own choice",
}
"""How far a source knows what it says, in words."""

_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_LOOSE = re.compile(r"\n{3,}")


def to_markdown(consultation: Consultation, template: str | OwnTemplate = TEMPLATE) -> str:
    """The report as Markdown, by a template of the knowledge base (its name without ending) or one from outside.

    Raises `InvalidKnowledge` where the template is not there or cannot be rendered.
    """
    return ReportMaker(consultation).markdown(template)


def to_json(consultation: Consultation, template: str | OwnTemplate = TEMPLATE) -> dict[str, Any]:
    """The advice in the contract's JSON form, as plain values; its figures are those that the report quotes.

    Raises `InvalidKnowledge` where the report cannot be rendered; see `to_markdown`.
    """
    report = ReportMaker(consultation)
    report.markdown(template)
    warnings = [
        {
            "id": one.id,
            "severity": one.severity,
            "text": " ".join(dict.fromkeys(report.says(firing, _plain) for firing in one.firings)),
            "because": list(one.because),
        }
        for one in consultation.warnings
    ]
    return {
        "case": consultation.case.plain(),
        "recommendations": [_recommendation(consultation, row) for row in consultation.recommendations],
        "warnings": warnings,
        "figures": [_figure(consultation.kb.facts.figures[id_]) for id_ in sorted(report.book.quoted)],
        "firings": [
            {"rule": one.rule.rule, "conclusion": one.conclusion, "facts": one.found}
            for one in consultation.firings
        ],
        "stamp": stamp(consultation),
    }


def quoted(consultation: Consultation, template: str | OwnTemplate = TEMPLATE) -> list[Figure]:
    """The figures that the report quotes, by id. Raises `InvalidKnowledge` where it cannot be rendered."""
    report = ReportMaker(consultation)
    report.markdown(template)
    return [consultation.kb.facts.figures[id_] for id_ in sorted(report.book.quoted)]


def stamp(consultation: Consultation) -> dict[str, str]:
    """What a report was made from: program, knowledge base, answers, date and engine."""
    return {
        "version": __version__,
        "knowledge": consultation.kb.digest,
        "case": consultation.case.digest(),
        "as_of": consultation.as_of,
        "engine": consultation.kb.engine.name,
    }


def stamp_line(consultation: Consultation, template: str | OwnTemplate) -> str:
    """The stamp as one line of plain text, as `verify` reads it."""
    made = stamp(consultation)
    name = (
        template
        if isinstance(template, str)
        else "-".join(Path(template.place).name.partition(".")[0].split()) or "own"
    )
    return (
        f"trackfit {made['version']} ({made['engine']}), template {name}, "
        f"as of {made['as_of']}, knowledge base {made['knowledge']}, answers {made['case']}"
    )


def _recommendation(consultation: Consultation, row: Any) -> dict[str, Any]:
    timeline = consultation.kb.facts.figures[row.timeline] if row.timeline else None
    return {
        "track": row.track,
        "rank": row.rank,
        "basis": row.basis,
        "timeline_months": {"low": timeline.low, "high": timeline.high} if timeline else None,
        "carries_over": list(row.carries_over),
        "have": list(row.have),
        "gap": list(row.gap),
        "tied_with": list(row.tied_with),
        "because": list(row.because),
    }


def _figure(row: Figure) -> dict[str, Any]:
    return {
        "id": row.id,
        "value": row.value,
        "unit": row.unit,
        "as_of": row.as_of,
        "sources": list(row.sources),
    }


def _plain(value: Any) -> str:
    """A value in a rule's text without Markdown or footnotes."""
    if isinstance(value, FigureView):
        return value.text
    if isinstance(value, list | tuple):
        return formats.listing([_plain(one) for one in value])
    return plain_text(str(value))


class ReportMaker:
    """Makes reports of one consultation, by one template or several, and notes the figures that each quotes."""

    def __init__(self, consultation: Consultation, *, page: bool = False) -> None:
        self.consultation = consultation
        self.book = Book(consultation)
        self.reasons = Reasons(self.book)
        self.drawn: list[Drawing] | None = [] if page else None
        """The charts of the report, where it is for a page."""

    def markdown(self, template: str | OwnTemplate) -> str:
        """The whole report; see `to_markdown`."""
        self.book.quoted.clear()
        self.book.notes.clear()
        if self.drawn is not None:
            self.drawn.clear()
        file = f"{template}{SUFFIX}" if isinstance(template, str) else template
        made = Stamp(**stamp(self.consultation), line=stamp_line(self.consultation, template))
        names = {**msgspec.structs.asdict(self.names), "stamp": made}
        text = render_file(self.consultation.kb.folder / "templates", file, names)
        return _LOOSE.sub("\n\n", _TRAILING.sub("", text)).strip("\n") + "\n"

    def says(self, firing: Firing, shown: Any = show) -> Ready:
        """The text of a warning's or remark's rule for its row."""
        assert isinstance(firing.rule.then, Warn | Advise)
        bound = {binding.variable: self.book.bound(binding) for binding in firing.rule.bindings}
        return Ready(render(firing.rule.then.says, {**self.book.names, **bound}, shown))

    @cached_property
    def names(self) -> Report:
        """Every name that report templates may use."""
        consultation = self.consultation
        book = self.book
        recommendations = [RecommendationView(book, row) for row in consultation.recommendations]
        first = recommendations[0] if recommendations else None
        aim = consultation.case.answers.get("target_track")
        target = book.track(aim) if isinstance(aim, str) and aim in book.facts.tracks else None
        tracks = self._tracks()
        named = "skills" in consultation.case.answers
        years = consultation.case.answers.get("years_experience")
        nearest = (target or (tracks[0].track if tracks[0].track.held else None)) if named else None
        near = first.track if first else nearest
        paid = [book.track(id_) for id_ in self._paid()]
        plan = [book.route(route) for route in consultation.planned_routes]
        timed = [row.track.route for row in tracks if row.months and row.track.route]
        rows = [row.track for row in tracks]
        groups = skill_groups(first, near)
        shown = Shown(paid=paid, tracks=rows, plan=plan, timed=timed, groups=groups)
        return Report(
            person=self._person(),
            first=first,
            recommendations=recommendations,
            target=target,
            near=near,
            skill_groups=groups,
            tracks=tracks,
            timed=[row for row in tracks if row.months],
            paid_tracks=paid,
            silent_on_pay=[
                track.name for track in paid if isinstance(years, int) and not track.bands_at_years
            ],
            averages=self._averages(),
            plan=plan,
            warnings=[
                WarningView(
                    title=book.facts.warnings[one.id].title,
                    severity=one.severity,
                    text=Later(partial(self._warning, one)),
                )
                for one in consultation.warnings
            ],
            remarks=Remarks(
                **{
                    name: [Later(partial(self.says, one)) for one in consultation.remarks(name)]
                    for name in SECTIONS
                }
            ),
            changes=self.reasons.changes(),
            open_questions=self.reasons.open_questions(),
            influence=self.reasons.influence(),
            learn_first=self.reasons.first_to_learn(near) if near else [],
            reasons=self.reasons.fired(),
            sources=_Lazy(self._sources),
            unstated=_Lazy(self._unstated_once),
            footnotes=_Lazy(self._footnotes),
            stamp=Stamp(**stamp(consultation), line=""),
            as_of=consultation.as_of,
            chart=Charts(book, shown, self.drawn),
            **book.names,
        )

    def _warning(self, warning: GivenWarning) -> Ready:
        return Ready(" ".join(dict.fromkeys(self.says(firing) for firing in warning.firings)))

    def _person(self) -> Person:
        book = self.book
        case = self.consultation.case
        years = case.answers.get("years_experience")
        return Person(
            name=Typed(plain_text(Typed(case.answers.get("name", "")))),
            background=book.answer("background"),
            a_background=formats.with_article(book.answer("background")),
            years=years if isinstance(years, int) else None,
            goal=book.answer("salary_goal") if "salary_goal" in case.answers else "",
            basis=book.answer("salary_basis") if "salary_basis" in case.answers else "",
            answers=[
                Answer(label=row.label, value=book.answer(row.id))
                for row in asked(book.facts.attributes.values())
                if row.id in case.answers and row.type != "text"
            ],
            unmatched=[Typed(skill) for skill in case.unmatched],
            skills_known="skills" in case.answers,
        )

    def _tracks(self) -> list[TrackRow]:
        """Every track for this person: the recommended ones by rank, then the others by the share missing."""
        ranked = {row.track: row for row in self.consultation.recommendations}
        last = len(ranked) + 1

        def order(view: TrackView) -> tuple[int, Fraction, str]:
            rank = ranked[view.id].rank if view.id in ranked else last
            return rank, Fraction(len(view.missing), len(view.skills)), view.id

        return [
            self._track_row(view, ranked.get(view.id))
            for view in sorted((self.book.track(id_) for id_ in self.book.facts.tracks), key=order)
        ]

    def _track_row(self, view: TrackView, found: Recommendation | None) -> TrackRow:
        """One track beside the others: its place, the months that a source gives this person, and why not it."""
        sourced = found is not None and found.basis == "sourced_route"
        route = view.route
        return TrackRow(
            track=view,
            rank=found.rank if found else 0,
            sourced=sourced,
            months=route.timeline if route and (sourced or route.priced_only) else "",
            why_not=[] if found else _Lazy(partial(self.reasons.why_not, view)),
        )

    def _paid(self) -> list[str]:
        """The tracks whose pay concerns this person: the recommended ones, and the target."""
        target = self.consultation.case.answers.get("target_track")
        found = dict.fromkeys(row.track for row in self.consultation.recommendations)
        return [*found, *(id_ for id_ in self.book.facts.tracks if id_ == target and id_ not in found)]

    def _averages(self) -> list[Average]:
        """Those tracks' averages and medians, each once, with the tracks for which a source points to another's."""
        found: dict[str, list[str]] = {}
        for id_ in self._paid():
            track = self.book.facts.tracks[id_]
            for figure in track.averages:
                borrowers = found.setdefault(figure, [])
                if self.book.facts.figures[figure].track != id_:
                    borrowers.append(track.name)
        return [Average(figure=self.book.figure(id_), also_for=names) for id_, names in found.items()]

    def _sources(self) -> Iterator[SourceRow]:
        """The sources of every figure printed so far, by id, with their samples and what they do not state."""
        facts = self.book.facts
        quoted = [facts.figures[id_] for id_ in self.book.quoted]
        shared = self._unstated()
        for id_ in sorted({source for figure in quoted for source in figure.sources}):
            source = facts.sources[id_]
            quoting = facts.sources[source.quoted_in] if source.quoted_in else None
            mine = [figure for figure in quoted if id_ in figure.sources]
            about = {(figure.track, figure.family, figure.unit) for figure in mine}
            sample = [facts.figures[one] for one in source.sample]
            named = [
                one for one in sample if one.track and (one.track, one.family, SAMPLED[one.unit]) in about
            ]
            yield SourceRow(
                publisher=source.publisher,
                title=source.title,
                linked=link(source.title, source.address),
                date=formats.date(source.date),
                standing=STANDINGS.get(source.standing or "", ""),
                quoted_in=quoting.publisher if quoting else "",
                quoting=link(quoting.publisher, address_of(facts, quoting.id)) if quoting else Ready(),
                scope=[one for one in (source.place, source.period) if one],
                method=source.method or "",
                sample=self.book.figures(one.id for one in named or sample if named or not one.track),
                does_not_state=[what for what in source.does_not_state if what not in shared],
                stale=[figure.about for figure in stale(mine, self.consultation.as_of)],
            )

    def _unstated(self) -> dict[str, list[str]]:
        """What several sources of the figures printed so far leave unsaid, and who they are."""
        facts = self.book.facts
        sources = {source for id_ in self.book.quoted for source in facts.figures[id_].sources}
        silent: dict[str, dict[str, None]] = {}
        for id_ in sorted(sources):
            for what in facts.sources[id_].does_not_state:
                silent.setdefault(what, {})[facts.sources[id_].publisher] = None
        return {what: list(publishers) for what, publishers in silent.items() if len(publishers) > 1}

    def _unstated_once(self) -> Iterator[Ready]:
        for what, publishers in self._unstated().items():
            yield Ready(f"{show(what)} ({listing(publishers)})")

    def _footnotes(self) -> Iterator[Footnote]:
        """The footnotes of every figure printed so far, by label."""
        facts = self.book.facts
        for label, (id_, as_of, past) in sorted(self.book.notes.items()):
            if as_of:
                source = facts.sources[id_]
                text = f"{show(source.publisher)}, *{show(source.title)}*, {formats.date(source.date)}"
                if not source.date.startswith(as_of):
                    text += f"; the figure is for {formats.date(as_of)}"
            else:
                parts = [show(part) for part in self.book.figure(id_).formula]
                text = f"Worked out from the source's own figures: {' − '.join(parts)}"
            text += "; past its review date" if past else ""
            yield Footnote(label=Ready(label), text=Ready(f"{text}."))


class _Lazy:
    """What is listed only when a template comes to it, after all that it depends on was printed."""

    def __init__(self, found: Any) -> None:
        self._found = found

    def __iter__(self) -> Iterator[Any]:
        yield from list(self._found())
