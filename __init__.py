"""trackfit: an interview, rules and figures with their sources, and advice that shows its reasons.

>>> import trackfit
>>> kb = trackfit.KnowledgeBase.load()
>>> advice = kb.consult({"background": "data_engineer", "skills": ["sql", "airflow"]}, as_of="2026-11-22")
>>> [(one.track, one.basis) for one in advice.recommendations]
[('mlops', 'sourced_route'), ('ai_engineering', 'sourced_route')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trackfit.engine.cases.case import Case
    from trackfit.engine.cohort.table.warehouse import advise_table
    from trackfit.engine.explanation.justify import Justification, justify
    from trackfit.engine.explanation.whatif import Difference, compare
    from trackfit.engine.explanation.why_not import Unfired, why_not
    from trackfit.engine.inference.base import KnowledgeBase
    from trackfit.engine.inference.consult import Consultation, Firing, GivenWarning, Recommendation
    from trackfit.engine.problems.errors import (
        ConflictingConclusions,
        EngineFailure,
        InvalidInput,
        InvalidKnowledge,
        TrackfitError,
    )
    from trackfit.engine.problems.problem import Location, Problem
    from trackfit.engine.report.page import to_html
    from trackfit.engine.report.report import to_json, to_markdown

__version__ = "0.1.0"

_HOMES = {
    "Case": "cases.case",
    "ConflictingConclusions": "problems.errors",
    "Consultation": "inference.consult",
    "Difference": "explanation.whatif",
    "EngineFailure": "problems.errors",
    "Firing": "inference.consult",
    "GivenWarning": "inference.consult",
    "InvalidInput": "problems.errors",
    "InvalidKnowledge": "problems.errors",
    "Justification": "explanation.justify",
    "KnowledgeBase": "inference.base",
    "Location": "problems.problem",
    "Problem": "problems.problem",
    "Recommendation": "inference.consult",
    "TrackfitError": "problems.errors",
    "Unfired": "explanation.why_not",
    "advise_table": "cohort.table.warehouse",
    "compare": "explanation.whatif",
    "justify": "explanation.justify",
    "to_html": "report.page",
    "to_json": "report.report",
    "to_markdown": "report.report",
    "why_not": "explanation.why_not",
}

__all__ = [
    "Case",
    "ConflictingConclusions",
    "Consultation",
    "Difference",
    "EngineFailure",
    "Firing",
    "GivenWarning",
    "InvalidInput",
    "InvalidKnowledge",
    "Justification",
    "KnowledgeBase",
    "Location",
    "Problem",
    "Recommendation",
    "TrackfitError",
    "Unfired",
    "__version__",
    "advise_table",
    "compare",
    "justify",
    "to_html",
    "to_json",
    "to_markdown",
    "why_not",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its module when it is first asked for: a quick start loads only what it uses."""
    if name not in _HOMES:
        raise AttributeError(f"module 'trackfit' has no attribute {name!r}")
    return getattr(import_module(f"trackfit.engine.{_HOMES[name]}"), name)
