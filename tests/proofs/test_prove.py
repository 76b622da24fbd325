# pyright: reportOptionalMemberAccess=false, reportOperatorIssue=false
"""`trackfit prove`: true statements are proved, false ones refuted by somebody whom the rule engine confirms."""

from __future__ import annotations

import itertools
import json

import pytest

from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.problems.errors import ConflictingConclusions, EngineFailure
from trackfit.engine.proofs import encoding as solving
from trackfit.engine.proofs.prove import BUILT_IN, prove
from trackfit.engine.proofs.statements import read_statements
from trackfit.tests.support.places import BROKEN
from trackfit.tests.support.prove_folders import overlaid, write

CASES = sorted(path.name for path in (BROKEN / "prove").iterdir() if path.name != "base")
CURRENT = "2026-04-30"


def proved(folder, **options):
    with KnowledgeBase.load(folder, engine="durable-rules") as kb:
        return {proof.id: proof for proof in prove(kb, read_statements(kb), **options)}


def results(proofs):
    return {id_: proof.result for id_, proof in proofs.items()}


def test_every_statement_has_a_broken_example():
    assert sorted([*(id_ for id_, _, _ in BUILT_IN), "early_ones_are_told"]) == CASES


def test_all_is_true_of_the_base(tmp_path):
    assert set(results(proved(overlaid("base", tmp_path / "kb"))).values()) == {"proved"}


def test_all_is_true_of_the_shipped_one():
    proofs = proved(None)
    assert set(results(proofs).values()) == {"proved"}
    assert not [proof.note for proof in proofs.values() if proof.note]
    assert len(proofs) >= len(BUILT_IN) + 3, "the coaches have statements of their own"


# What each statement means, told by the engine alone.


def consulted(kb, case):
    return kb.consult(case, CURRENT)


def warned(found):
    return {one.id for one in found.warnings}


def fired(found):
    return {firing.rule.key for firing in found.firings}


def everybody(kb):
    """All persons of the base, with years on both sides of every line."""
    skills = [
        frozenset(some) for n in range(5) for some in itertools.combinations(sorted(kb.facts.skills), n)
    ]
    for background, years, some in itertools.product(
        kb.facts.backgrounds, (None, 0, 4, 5, 60), (None, *skills)
    ):
        answers = {"background": background, "years_experience": years, "skills": some}
        yield kb.reader.case({name: value for name, value in answers.items() if value is not None})


def always_advice(kb, failure):
    found = consulted(kb, failure.case)
    assert not found.recommendations
    assert "no_sourced_route" not in warned(found)


def single_values(kb, failure):
    with pytest.raises(ConflictingConclusions):
        consulted(kb, failure.case)


def rules_can_fire(kb, failure):
    rule = failure.text.split()[2]
    assert rule in ("waits_for_the_south", "priced_routes")
    assert not [
        case for case in everybody(kb) if rule in {key.split("[")[0] for key in fired(consulted(kb, case))}
    ]


def tracks_can_be_first(kb, failure):
    assert failure.text == "south can be first for nobody"
    assert "south" not in {
        found.recommendations[0].track
        for found in (consulted(kb, case) for case in everybody(kb))
        if found.recommendations
    }


def no_swallowed_rules(kb, failure):
    assert failure.text == "whenever recommend_south_to_many fires, recommend_south gives the same"
    narrow, wide = kb.rules["recommend_south_to_many"], kb.rules["recommend_south"]
    assert narrow.then == wide.then
    assert all(
        wide.key in keys
        for keys in (fired(consulted(kb, case)) for case in everybody(kb))
        if narrow.key in keys
    )


def no_warning_unanswered(kb, failure):
    assert "years_experience" not in failure.case.answers
    assert "too_early" in warned(consulted(kb, failure.case))


def no_foreign_timeline(kb, failure):
    (route,) = consulted(kb, failure.case).planned_routes
    assert kb.facts.routes[route].background != failure.case.answers["background"]


def warnings_stay(kb, failure):
    before, after = (consulted(kb, case) for case in (failure.case, failure.after))
    assert "too_early" in warned(before) - warned(after)
    assert "years_experience" in set(failure.after.answers) - set(failure.case.answers)
    assert failure.case.answers.items() <= failure.after.answers.items()


def early_ones_are_told(kb, failure):
    found = consulted(kb, failure.case)
    assert failure.case.answers["years_experience"] < 5
    assert "too_early" not in warned(found)


@pytest.mark.parametrize("name", CASES)
def test_a_false_statement_is_refuted_by_somebody(name, tmp_path):
    folder = overlaid(name, tmp_path / "kb")
    proofs = proved(folder)
    assert {id_: result for id_, result in results(proofs).items() if result != "proved"} == {name: "refuted"}
    with KnowledgeBase.load(folder, engine="durable-rules") as kb:
        for failure in proofs[name].failures:
            globals()[name](kb, failure)


def test_a_counterexample_is_short(tmp_path):
    (failure,) = proved(overlaid("early_ones_are_told", tmp_path / "kb"))["early_ones_are_told"].failures
    assert failure.case.answers.keys() == {"background", "years_experience"}


# What could make a proof worth nothing.


RULE = """
  - id: {id}
    title: A rule
    reviewed: "2026-11-22"
    when: {when}
    then: {then}
"""


def rules(folder, file, *rows):
    write(folder, f"rules/{file}", "rules:" + "".join(RULE.format(**row) for row in rows))


def statement(folder, where, then, **more):
    row = {"id": "mine", "title": "Mine", "where": where, "then": then, **more}
    write(folder, "rules/mine.prove.yaml", json.dumps({"statements": [row]}))
    return folder


def test_skills_that_no_rule_names_count_in_a_statement(tmp_path):
    """It was proved of everybody, because nobody could hold such a skill."""
    folder = statement(
        overlaid("base", tmp_path / "kb"), {"skills": {"has": "pandas"}}, {"recommended": {"has": "south"}}
    )
    (failure,) = proved(folder)["mine"].failures
    assert "pandas" in failure.case.answers["skills"]


def test_a_statement_about_nobody_says_so(tmp_path):
    where = {"background": "builder", "open_tracks": {"has": "south"}}
    folder = statement(overlaid("base", tmp_path / "kb"), where, {"warned": {"has": "too_early"}})
    proof = proved(folder)["mine"]
    assert (proof.result, proof.note) == ("proved", "nobody fits its `where`")


def test_an_open_answer_does_not_fulfil_a_promise(tmp_path):
    folder = statement(
        overlaid("base", tmp_path / "kb"), {"background": "builder"}, {"years_experience": {"at_least": 0}}
    )
    (failure,) = proved(folder)["mine"].failures
    assert "years_experience" not in failure.case.answers


def test_the_date_of_a_counterexample_is_told(tmp_path):
    folder = overlaid("base", tmp_path / "kb")
    write(
        folder,
        "facts/stale.yaml",
        """
attributes:
  - {id: past, label: past, type: whole_number, range: [0, 99], measured: figures_past_review}
warnings:
  - {id: stale_figures, title: Old}
""",
    )
    rules(
        folder,
        "stale.yaml",
        {
            "id": "stale",
            "when": "{past: {more_than: 0}}",
            "then": "{warn: stale_figures, severity: low, says: Old.}",
        },
    )
    statement(folder, {"background": "builder"}, {"warned": {"lacks": "stale_figures"}})
    (failure,) = proved(folder)["mine"].failures
    assert failure.as_of == "2999-12-31"
    assert proved(folder, as_of="2027-04-30")["mine"].result == "proved"
    assert proved(folder, as_of="2027-05-01")["mine"].failures[0].as_of == "2027-05-01"
    statement(folder, {"background": "builder"}, {"past": {"less_than": 1}})
    assert proved(folder)["mine"].result == "refuted"
    statement(folder, {"background": "builder"}, {"past": {"is_not": 1}})
    assert proved(folder)["mine"].result == "proved", "both figures are due on one day"


def test_a_figure_is_what_it_is_today_on_every_date_that_is_tried(tmp_path):
    """The engine was asked about a day on which a figure had an earlier value, and contradicted the solver."""
    folder = overlaid("base", tmp_path / "kb")
    more = {"about": "x", "unit": "years", "sources": ["survey"]}
    before = {"value": 3, "as_of": "2026-01", "review_by": "2026-07-31", "sources": ["survey"]}
    figures = [
        {"id": "old", "value": 1, "as_of": "2026-01", "review_by": "2026-05-31", **more},
        {
            "id": "needed",
            "value": 7,
            "as_of": "2026-08",
            "review_by": "2027-04-30",
            "earlier": [before],
            **more,
        },
    ]
    write(folder, "facts/more.yaml", json.dumps({"figures": figures}))
    when = "{years_experience: {less_than: figure.needed}}"
    then = "{warn: too_early, severity: low, says: '{{ figure.needed }}, not {{ figure.old }}.'}"
    rules(folder, "more.yaml", {"id": "needed", "when": when, "then": then})
    statement(folder, {"years_experience": 6}, {"warned": {"lacks": "too_early"}})
    (failure,) = proved(folder)["mine"].failures
    assert failure.as_of is not None, "one figure is past its review date by the time the other has its value"
    assert failure.as_of >= "2026-08-01"


def test_a_person_whom_the_rules_contradict_is_no_other_counterexample(tmp_path):
    folder = overlaid("single_values", tmp_path / "kb")
    statement(folder, {"background": "builder", "years_experience": 0}, {"warned": {"lacks": "too_early"}})
    found = proved(folder)
    assert found["mine"].note == "nobody fits its `where`"
    assert found["single_values"].result == "refuted"


def test_a_row_that_a_wider_rule_covers_does_not_make_a_rule_useless(tmp_path):
    """One row of several, or the same text of another row, was taken for the whole rule."""
    folder = overlaid("base", tmp_path / "kb")
    write(
        folder,
        "rules/rows.yaml",
        """
rules:
  - id: south_for_all
    title: The south for all
    reviewed: "2026-11-22"
    when: {background: {known: true}}
    then: {conclude: {open_tracks: south}}
  - id: each_track
    title: Each track
    reviewed: "2026-11-22"
    for_each: {track: tracks}
    when: {background: track.feeder}
    then: {conclude: {open_tracks: track}}
  - id: text_of_one
    title: A text for the feeder
    reviewed: "2026-11-22"
    for_each: {track: tracks}
    when: {background: track.feeder}
    then: {advise: plan, says: "{{ track.name }}"}
  - id: text_of_others
    title: A text for all
    reviewed: "2026-11-22"
    for_each: {track: tracks}
    when: {background: {known: true}, skills: {known: true}}
    then: {advise: plan, says: "{{ track.name }}"}
""",
    )
    texts = [one.text for one in proved(folder)["no_swallowed_rules"].failures]
    assert texts == ["whenever open_route fires, each_track[north] gives the same"]


def test_what_is_not_decided_in_time_is_not_called_proved(tmp_path, monkeypatch):
    monkeypatch.setattr(solving.Solver, "ask", lambda self, *formulas: ("undecided", None))
    proofs = proved(overlaid("always_advice", tmp_path / "kb"))
    assert {id_ for id_, result in results(proofs).items() if result == "proved"} == {
        "no_foreign_timeline",
        "no_swallowed_rules",
        "single_values",
        "warnings_stay",
    }, "nothing in this knowledge base could make these false"
    assert set(results(proofs).values()) == {"proved", "undecided"}
    assert proofs["tracks_can_be_first"].undecided == (
        "whether north can be first",
        "whether south can be first",
    )


def test_a_solver_that_errs_is_found_out(tmp_path, monkeypatch):
    monkeypatch.setattr(solving.World, "fires", lambda self, key: solving.all_of(self._fires[key], False))
    with pytest.raises(EngineFailure, match="solver and engine disagree on"):
        proved(overlaid("early_ones_are_told", tmp_path / "kb"))
