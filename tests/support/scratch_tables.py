"""Records with a column more than the shipped ones, to see what follows from it."""

from typing import Annotated

from trackfit.engine.language import facts
from trackfit.engine.language.columns import Column, Day, SkillId


class Source(facts.Source, frozen=True, kw_only=True):
    """A source with the day of its renewal, and the skills it is about."""

    renewed: Annotated[Day, Column("When it was renewed.")]
    about: Annotated[tuple[SkillId, ...], Column("The skills it is about.", least=1)] = ()
