"""The questions of an interview, from the attributes that are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from trackfit.engine.language.model import Attribute


def asked(attributes: Iterable[Attribute]) -> list[Attribute]:
    """The attributes that the interview asks for, in its order."""
    found = [(row.question.order, row.id, row) for row in attributes if row.question is not None]
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]
