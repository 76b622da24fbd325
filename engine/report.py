"""Consultation → advice: the Markdown report, and the JSON of the contract, from one set of views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from trackfit import __version__
from trackfit.engine import formats
from trackfit.engine.consult import Consultation, Firing, GivenWarning
from trackfit.engine.explain import Change, Unfired, asked, changes, concerns, why_not
from trackfit.engine.measures import stale
from trackfit.engine.model import Advise, Conclude, Warn
from trackfit.engine.texts import Ready, environment, escape, plain_text, render_file, render_text
from trackfit.engine.views import Answers, Book, Figures, FigureView, RecommendationView, TrackView

TEMPLATE = "report.md.j2"


def to_markdown(consultation: Consultation) -> str:
    """The report as Markdown. Raises `InvalidKnowledge` where a template cannot be rendered."""
    return _Markdown(consultation).render(TEMPLATE)


def to_json(consultation: Consultation) -> dict[str, Any]:
    """The advice in the contract's JSON form, as plain values."""
    markdown = _Markdown(consultation)
    markdown.render(TEMPLATE)
    quoted = markdown.book.quoted
    plain = _Plain(consultation)
    facts = consultation.kb.facts
    warnings = [
        {"id": one.id, "severity": one.severity, "text": plain.warning(one), "because": list(one.because)}
        for one in consultation.warnings
    ]
    quoted = {**quoted, **plain.book.quoted}
    return {
        "case": consultation.case.plain(),
        "recommendations": [
            _recommendation(consultation, number) for number in range(len(consultation.recommendations))
        ],
        "warnings": warnings,
        "figures": [
            {
                "id": id_,
                "value": facts.figures[id_].value,
                "unit": facts.figures[id_].unit,
                "as_of": facts.figures[id_].as_of,
                "sources": list(facts.figures[id_].sources),
            }
            for id_ in sorted(quoted)
        ],
        "firings": [
            {"rule": one.rule.rule, "conclusion": one.conclusion, "facts": one.found}
            for one in consultation.firings
        ],
        "stamp": stamp(consultation),
    }


def stamp(consultation: Consultation) -> dict[str, str]:
    """What a report was made from: program, knowledge base, answers, date and engine."""
    return {
        "version": __version__,
        "knowledge": consultation.kb.digest,
        "case": consultation.case.digest(),
        "as_of": consultation.as_of,
        "engine": consultation.kb.engine.name,
    }


def _recommendation(consultation: Consultation, number: int) -> dict[str, Any]:
    row = consultation.recommendations[number]
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


class _Texts:
    """Renders rules' texts for one consultation in one output form."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self.book = Book(consultation)
        self.environment = environment(self.show, consultation.kb.folder / "templates")
        self.names: Mapping[str, Any] = {"figure": Figures(self.book), "case": Answers(self.book)}

    def show(self, value: Any) -> str:
        """A printed value as text of this output form."""
        raise NotImplementedError

    def says(self, firing: Firing) -> str:
        """The text of a warning's or remark's rule for its row."""
        assert isinstance(firing.rule.then, Warn | Advise)
        bound = {binding.variable: self.book.bound(binding) for binding in firing.rule.bindings}
        return render_text(self.environment, firing.rule.then.says, {**self.names, **bound})

    def warning(self, warning: GivenWarning) -> str:
        """All that a warning says, each text once."""
        return " ".join(dict.fromkeys(self.says(firing) for firing in warning.firings))


class _Plain(_Texts):
    """Plain text: no Markdown, no footnotes."""

    def show(self, value: Any) -> str:
        if isinstance(value, FigureView):
            return value.text
        if isinstance(value, list | tuple):
            return formats.listing([self.show(one) for one in value])
        return plain_text(str(value))


class _Markdown(_Texts):
    """Markdown: text is escaped, figures carry footnotes."""

    def show(self, value: Any) -> str:
        if isinstance(value, Ready):
            return value
        if isinstance(value, FigureView):
            return escape(value.text) + "".join(f"[^{label}]" for label in value.footnotes)
        if isinstance(value, list | tuple):
            return formats.listing([self.show(one) for one in value])
        if isinstance(value, str):
            return escape(value)
        return str(value)

    def render(self, template: str) -> str:
        """The whole report."""
        made = self.environment
        made.filters.update(
            listing=lambda values, word="and": Ready(
                formats.listing([self.show(one) for one in values], word)
            ),
            mermaid=lambda value: Ready(_mermaid(str(value))),
            code=lambda value: Ready(plain_text(str(value)).replace("`", "")),
            date=formats.date,
        )
        text = render_file(made, template, self.context(), self.consultation.kb.folder / "templates")
        return text.rstrip("\n") + "\n"

    def context(self) -> dict[str, Any]:
        """Every name that report templates may use."""
        consultation = self.consultation
        book = self.book
        recommendations = [RecommendationView(book, row) for row in consultation.recommendations]
        return {
            **self.names,
            "person": _person(book),
            "recommendations": recommendations,
            "first": recommendations[0] if recommendations else None,
            "tracks": self._tracks(),
            "warnings": [
                {
                    "title": book.facts.warnings[one.id].title,
                    "severity": one.severity,
                    "text": Ready(self.warning(one)),
                }
                for one in consultation.warnings
            ],
            "remarks": {
                section: [Ready(self.says(one)) for one in consultation.remarks(section)]
                for section in ("skills", "plan", "salary", "tracks", "answers")
            },
            "plan": [book.route(route) for route in consultation.planned_routes],
            "month": lambda months: formats.months_later(consultation.as_of, months),
            "changes": [self._change(change) for change in changes(consultation)],
            "open_questions": [
                row.label
                for row in asked(book.facts.attributes.values())
                if row.id not in consultation.case.answers
                and row.type != "text"
                and concerns(row, consultation)
            ],
            "reasons": [
                self._reason(one) for one in consultation.firings if not isinstance(one.rule.then, Advise)
            ],
            "footnotes": self._footnotes,
            "stamp": stamp(consultation),
            "as_of": formats.date(consultation.as_of),
            "as_of_day": consultation.as_of,
        }

    def _tracks(self) -> list[dict[str, Any]]:
        """Every track for this person: the recommended ones by rank, then the others by what is missing."""
        ranked = {row.track: row.rank for row in self.consultation.recommendations}
        views = [self.book.track(id_) for id_ in self.book.facts.tracks]
        views.sort(key=lambda view: (ranked.get(view.id, len(views)), len(view.missing), view.id))
        return [
            {
                "track": view,
                "rank": ranked.get(view.id),
                "why_not": [] if view.id in ranked else [self._unfired(one) for one in self._nearest(view)],
            }
            for view in views
        ]

    def _nearest(self, view: TrackView) -> Iterable[Unfired]:
        """The rule that came nearest to recommending a track, or those that came equally near."""
        found = why_not(self.consultation, view.id)
        concerned = [one for one in found if not _other_background(one)]
        return [one for one in concerned if len(one.missing) == len(concerned[0].missing)]

    def _unfired(self, unfired: Unfired) -> Ready:
        """Why a rule did not fire: each comparison that failed, with what was found."""
        parts = []
        for one in unfired.missing:
            leaf = self.leaf(one.leaf)
            found = self.show(self.book.wording.value(one.leaf.attribute, one.found))
            parts.append(f"it would take that {leaf} (found: {found})")
        return Ready("; ".join(parts))

    def leaf(self, leaf: Any) -> str:
        """A comparison in words, with the footnote of the figure its number comes from."""
        text = self.show(self.book.wording.leaf(leaf))
        if leaf.figure is not None:
            view = self.book.figure(leaf.figure)
            self.book.quoted[leaf.figure] = None
            text += "".join(f"[^{label}]" for label in view.footnotes)
        return text

    def _change(self, change: Change) -> Ready:
        wording, facts = self.book.wording, self.book.facts
        parts = []
        if change.first_changes:
            track = facts.tracks[change.first].name if change.first else None
            parts.append(f"{self.show(track)} would come first" if track else "no track would be recommended")
        for verb, ids in (
            ("you would be warned of", change.added),
            ("you would no longer be warned of", change.removed),
        ):
            if ids:
                titles = formats.listing([f"“{self.show(facts.warnings[id_].title)}”" for id_ in ids])
                parts.append(f"{verb} {titles}")
        label = self.show(wording.label(change.attribute))
        value = self.show(wording.value(change.attribute, change.value))
        return Ready(f"If your answer to *{label}* were **{value}**, {formats.listing(parts)}.")

    def _reason(self, firing: Firing) -> dict[str, Any]:
        because = [self.leaf(leaf) for leaf in firing.because]
        return {
            "title": firing.rule.title,
            "rule": firing.rule.rule,
            "gives": Ready(self._gives(firing)),
            "because": Ready(formats.listing(because) if because else "always"),
        }

    def _gives(self, firing: Firing) -> str:
        kind, _, id_ = firing.conclusion.partition(":")
        facts = self.book.facts
        match kind:
            case "recommend":
                return f"recommends {self.show(facts.tracks[id_].name)}"
            case "warn":
                return f"warns: {self.show(facts.warnings[id_].title)}"
            case "plan":
                return f"plans {self.show(facts.tracks[facts.routes[id_].track].name)}"
            case _:
                assert isinstance(firing.rule.then, Conclude)
                name, value = firing.rule.then.attribute, firing.rule.then.value
                label, given = self.book.wording.label(name), self.book.wording.value(name, value)
                return f"concludes {self.show(label)}: {self.show(given)}"

    def _footnotes(self) -> list[dict[str, Any]]:
        """The sources of every figure printed so far, in order of label, with what they do not state."""
        facts = self.book.facts
        quoted = [facts.figures[id_] for id_ in self.book.quoted]
        used = sorted({source for figure in quoted for source in figure.sources})
        found = []
        for id_ in used:
            source = facts.sources[id_]
            mine = [figure for figure in quoted if id_ in figure.sources]
            found.append(
                {
                    "label": Ready(id_.replace("_", "-")),
                    "publisher": source.publisher,
                    "title": source.title,
                    "date": formats.date(source.date),
                    "quoted_in": facts.sources[source.quoted_in].publisher if source.quoted_in else "",
                    "does_not_state": list(source.does_not_state),
                    "dates": sorted({figure.as_of for figure in mine} - {source.date}),
                    "stale": [figure.about for figure in stale(mine, self.consultation.as_of)],
                }
            )
        return found


def _other_background(unfired: Unfired) -> bool:
    """Whether a rule was for people of another background: no other answer would make it fire."""
    return any(one.leaf.attribute == "background" and one.holds is False for one in unfired.tested)


def _person(book: Book) -> dict[str, Any]:
    consultation = book.consultation
    answers = consultation.case.answers
    rows = [
        {"label": row.label, "value": book.answer(row.id)}
        for row in asked(book.facts.attributes.values())
        if row.id in answers and row.type != "text"
    ]
    name = answers.get("name")
    return {
        "name": plain_text(name) if isinstance(name, str) else "",
        "background": book.answer("background"),
        "years": answers.get("years_experience"),
        "goal": book.answer("salary_goal") if "salary_goal" in answers else "",
        "basis": book.answer("salary_basis") if "salary_basis" in answers else "",
        "answers": rows,
        "unmatched": list(consultation.case.unmatched),
        "skills_known": "skills" in answers,
    }


def _mermaid(text: str) -> str:
    """Text for a task or section of a Mermaid chart: nothing in it is taken for syntax."""
    kept = "".join(one if one.isalnum() or one in " .()/+-&" else " " for one in plain_text(text))
    return " ".join(kept.split())
