"""The report's reasons, in sentences: why a rule fired, why not that track, what another answer would change."""

from __future__ import annotations

from collections.abc import Sequence

from trackfit.engine.explanation.explanation import Explanation
from trackfit.engine.explanation.justify import FactUsed
from trackfit.engine.explanation.other_answers import OtherAnswer, concerns, other_values
from trackfit.engine.explanation.why_not import Tested
from trackfit.engine.language import formats
from trackfit.engine.language.markdown import Ready, listing, quoted_in, show
from trackfit.engine.language.model import Attribute, Value
from trackfit.engine.language.questions import asked
from trackfit.engine.report.book import Book
from trackfit.engine.report.figures import noted, quoted_with
from trackfit.engine.report.names import FirstSkill, InfluenceLabels, OpenQuestions, Reason
from trackfit.engine.report.tracks import TrackView

SHOWN = 5
"""How many skills to learn are told with what each of them does."""


class Sentences:
    """Puts what explains one consultation into sentences, as Markdown."""

    def __init__(self, book: Book, explanation: Explanation) -> None:
        self.book = book
        self.explanation = explanation
        self.consultation = book.consultation
        self.wording = book.wording

    def fired(self) -> list[Reason]:
        """Every rule that fired with a consequence, what it gave and why."""
        return [
            Reason(title=one.title, rule=one.rule, gives=show(one.gives), because=self._because(one.facts))
            for one in self.explanation.justifications
            if not one.id.startswith("advise:")
        ]

    def _because(self, facts: Sequence[FactUsed]) -> Ready:
        """The comparisons that held; that something is known goes without saying beside what it is."""
        said = {one.attribute for one in facts if one.operator != "known"}
        parts = [
            self._compared(one.text, one.figure)
            for one in facts
            if one.operator != "known" or one.attribute not in said
        ]
        return listing(parts) if parts else Ready("always")

    def _compared(self, text: str, figure: str | None) -> Ready:
        """A comparison in words, with the footnotes of the figure its number comes from."""
        if figure is None:
            return show(text)
        row = self.book.facts.figures[figure]
        return Ready(show(text) + noted(row, self.book), quoted_with(row))

    def why_not(self, track: TrackView) -> list[Ready]:
        """What keeps a track from being recommended, as clauses."""
        found = [self._of_route(track)]
        unfired = [
            one
            for one in self.explanation.why_not[track.id]
            if not any(test.leaf.attribute == "background" and test.holds is False for test in one.tested)
        ]
        for one in unfired:
            if one.distance == unfired[0].distance:
                found += [self._obstacle(test, track) for test in one.missing]
        return [clause for clause in dict.fromkeys(found) if clause]

    def _of_route(self, track: TrackView) -> Ready:
        """What the sources say of the way there."""
        route = track.route
        if route is None:
            return Ready("")
        if route.priced_only:
            months = show(route.timeline)
            return Ready(
                f"{months} are published for the way there, and the source advises against it as a first step",
                months.figures,
            )
        if route.years_from:
            known = self.book.answer("years_experience") if route.too_junior else ""
            yours = f"and you have {known}" if known else "and you did not give yours"
            from_years = show(route.years_from)
            return Ready(
                f"the source gives its route to people with {from_years} of experience, {yours}",
                from_years.figures,
            )
        return Ready("")

    def _obstacle(self, test: Tested, track: TrackView) -> Ready:
        """A comparison that failed, with what was found; empty where the route has said it."""
        leaf = test.leaf
        attribute = self.wording.attribute(leaf.attribute)
        if attribute.measure == "percent_held" and leaf.figure and leaf.operator == "at_least":
            return self._overlap(test, track)
        if attribute.measure == "place":
            return Ready("")
        if attribute.measure == "place":
            return Ready("")
        if attribute.origin == "concluded" and (track.id in leaf.operands or attribute.type == "yes_no"):
            return Ready("")
        found = show(self.wording.value(leaf.attribute, test.found))
        compared = self._compared(self.wording.leaf(leaf), leaf.figure)
        return Ready(f"a rule asks that {compared} ({found})", compared.figures)

    def _overlap(self, test: Tested, track: TrackView) -> Ready:
        """By how much the share of skills falls short."""
        if test.found is None:
            return Ready("you named no skills that we could compare")
        held, wanted = len(track.held) + len(track.usual), len(track.skills)
        short = next(
            number for number in range(1, wanted + 1) if 100 * (held + number) // wanted >= _number(test)
        )
        return Ready(f"{short} more {'skill' if short == 1 else 'skills'} would bring it within reach")

    def changes(self) -> list[Ready]:
        """What another answer would change, one sentence each."""
        return [self._change(change) for change in self.explanation.other_answers]

    def _change(self, change: OtherAnswer) -> Ready:
        attribute = self.wording.attribute(change.attribute)
        values = self._values(attribute, change.values)
        told = self._effects(change)
        effects = listing(told)
        if change.attribute in self.consultation.case.answers or attribute.question is None:
            return Ready(f"If your {show(attribute.label)} came to **{values}**, {effects}.", quoted_in(told))
        return Ready(
            f"*{show(attribute.question.question)}* You left this open. With **{values}**, {effects}.",
            quoted_in(told),
        )

    def _effects(self, change: OtherAnswer) -> list[Ready]:
        tracks = self.book.facts.tracks
        found: list[Ready] = []
        if change.first:
            names = listing([tracks[one].name for one in change.first])
            found.append(
                Ready(f"{names} would {'share the' if len(change.first) > 1 else 'stand in'} first place")
            )
        for track, place in change.place.items():
            if track not in change.first:
                found.append(Ready(f"{show(tracks[track].name)} would stand in place {place}"))
        for track, timeline in change.months.items():
            name = show(tracks[track].name)
            if timeline is None:
                found.append(Ready(f"no source would give you months for {name}"))
            else:
                months = show(self.book.figure(timeline))
                found.append(Ready(f"a source would give you {months} for the way to {name}", months.figures))
        for track, bands in change.pay.items():
            name = show(tracks[track].name)
            if not bands:
                found.append(Ready(f"no source would give the pay of {name} at your years"))
                continue
            printed = [self._band(one) for one in bands]
            found.append(Ready(f"the pay of {name} would be {listing(printed)}", quoted_in(printed)))
        return found

    def _band(self, id_: str) -> Ready:
        view = self.book.figure(id_)
        printed = show(view)
        return Ready(f"{printed} ({show(view.level)}, {show(view.basis)})", printed.figures)

    def _values(self, attribute: Attribute, values: Sequence[Value]) -> Ready:
        if attribute.type != "whole_number":
            return listing([self.wording.value(attribute.id, value) for value in values], "or")
        lines = [int(str(line)) for line in other_values(self.consultation, attribute)]
        return listing(
            [_span(span, lines) for span in _spans([int(str(one)) for one in values], lines)], "or"
        )

    def influence(self) -> InfluenceLabels:
        """The given answers that tracks and warnings hang on, and those that could have been anything."""
        found = self.explanation.influence
        return InfluenceLabels(
            hangs_on=[self.wording.label(name) for name in found.hangs_on],
            could_be_anything=[self.wording.label(name) for name in found.could_be_anything],
        )

    def first_to_learn(self) -> list[FirstSkill]:
        """The missing skills of the nearest track by what each does to its gap, the first few; names as in a sentence."""
        facts = self.book.facts
        return [
            FirstSkill(
                skill=self.book.skills([one.skill])[0],
                brings=self.book.skills(skill for skill in one.newly_held if skill != one.skill),
                gap=one.left + len(one.newly_held),
                left=one.left,
                nearer=[facts.tracks[id_].name for id_ in one.nearer if id_ not in one.within_reach],
                within_reach=[facts.tracks[id_].name for id_ in one.within_reach],
                first=[facts.tracks[id_].name for id_ in one.first],
            )
            for one in self.explanation.first_to_learn[:SHOWN]
        ]

    def open_questions(self) -> OpenQuestions:
        """What was left open: settled where no answer would change anything, untried the others."""
        effective = {change.attribute for change in self.explanation.other_answers}
        settled: list[str] = []
        untried: list[str] = []
        for row in asked(self.book.facts.attributes.values()):
            never = row.question is not None and row.question.change is not None and row.question.change.never
            if never or row.id in self.consultation.case.answers or row.type == "text" or row.id in effective:
                continue
            if concerns(row, self.consultation):
                tried = other_values(self.consultation, row)
                (settled if tried else untried).append(row.label)
        return OpenQuestions(settled=settled, untried=untried)


def _number(test: Tested) -> int:
    assert isinstance(test.leaf.operand, int)
    return test.leaf.operand


def _spans(values: list[int], lines: list[int]) -> list[tuple[int, int]]:
    """Runs of values that stand side by side among the lines that were tried."""
    found: list[tuple[int, int]] = []
    for value in values:
        place = lines.index(value)
        if found and place and lines[place - 1] == found[-1][1]:
            found[-1] = (found[-1][0], value)
        else:
            found.append((value, value))
    return found


def _span(span: tuple[int, int], lines: list[int]) -> Ready:
    low, high = (formats.number(end) for end in span)
    if span[1] == lines[-1]:
        return Ready(f"{low} or more")
    return Ready(low if low == high else f"{low} to {high}")
