"""Other answers than those that were given, one at a time: each is consulted once."""

from __future__ import annotations

from trackfit.engine.inference.consult import Consultation, consult_instead
from trackfit.engine.language.model import Value
from trackfit.engine.problems.errors import ConflictingConclusions


class Trials:
    """What the knowledge base says where one answer is another, for one consultation."""

    def __init__(self, consultation: Consultation) -> None:
        self.consultation = consultation
        self._made: dict[tuple[str, Value | None], Consultation | None] = {}

    def answered(self, name: str, value: Value | None) -> Consultation | None:
        """The consultation with another answer, or without one; None where the rules contradict each other for it."""
        key = (name, value)
        if key not in self._made:
            self._made[key] = self._consulted(name, value)
        return self._made[key]

    def _consulted(self, name: str, value: Value | None) -> Consultation | None:
        kb, case = self.consultation.kb, self.consultation.case
        answers = {key: one for key, one in case.answers.items() if key not in (name, *case.defaulted)}
        if value is not None:
            answers[name] = value
        changed = kb.reader.case(answers, case.unmatched)
        if changed.answers == case.answers:
            return self.consultation
        try:
            return consult_instead(self.consultation, changed)
        except ConflictingConclusions:
            return None
