"""Voices on one thing: figures that measure the same, each by another source, and where they differ.

Nobody writes down that sources differ: it shows in the figures. Two speak of one thing where all but their country, their
date and their source is the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from trackfit.engine.language.facts import Figure

Subject = tuple[object, ...]


def subject_of(figure: Figure) -> Subject | None:
    """What a figure measures; None where it is about nothing that another source could speak of, or is derived."""
    about = (figure.track, figure.skill, figure.background, figure.occupation)
    if figure.difference is not None or not any(about):
        return None
    kind = (figure.unit, figure.basis, figure.family, figure.level, figure.years, figure.employer)
    return (*about, *kind)


def voices(figures: Iterable[Figure], figure: Figure) -> list[Figure]:
    """The figures on the same thing, from the lowest, one a source and the newest of each, where they differ; else none.

    The figure itself is among them.
    """
    subject = subject_of(figure)
    if subject is None:
        return []
    newest: dict[tuple[str, ...], Figure] = {figure.sources: figure}
    for other in sorted(figures, key=lambda one: (one.as_of, one.id)):
        if subject_of(other) == subject and other.sources != figure.sources:
            newest[other.sources] = other
    found = sorted(newest.values(), key=lambda one: (one.low, one.high, one.id))
    values = {(one.low, one.high, one.open_ended) for one in found}
    return found if len(values) > 1 else []
