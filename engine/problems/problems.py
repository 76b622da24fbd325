"""Problems as they are found, so that all are told at once."""

from __future__ import annotations

from collections.abc import Iterable

from trackfit.engine.problems.errors import InvalidInput
from trackfit.engine.problems.problem import Location, Problem


class Problems(list[Problem]):
    """Problems in the order in which they were found."""

    def add(
        self,
        where: Location,
        id_: str,
        text: str,
        *,
        suggestion: str | None = None,
        replaces: str | None = None,
    ) -> None:
        """Take one more error."""
        self.append(Problem(where=where, id=id_, text=text, suggestion=suggestion, replaces=replaces))

    def warn(self, where: Location, id_: str, text: str, suggestion: str | None = None) -> None:
        """Take one more that leaves the rest usable."""
        self.append(Problem(where=where, id=id_, text=text, severity="warning", suggestion=suggestion))

    def refuse(self) -> None:
        """Raise `InvalidInput` with all of them where one is an error."""
        if has_errors(self):
            raise InvalidInput(self)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of them is more than a warning."""
    return any(problem.severity == "error" for problem in problems)
