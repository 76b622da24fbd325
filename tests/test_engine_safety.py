"""durable-rules kept on safe ground: threads, processes, failures, limits and memory. docs/engine-limits.md says why."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from typing import Any

import msgspec
import psutil
import pytest

from trackfit.engine import durable_adapter
from trackfit.engine.conditions import ALWAYS, AllOf, AnyOf, Leaf
from trackfit.engine.consult import consult
from trackfit.engine.durable_adapter import FIELDS, MAX_ENTRIES, MAX_FIELDS, DurableEngine
from trackfit.engine.errors import EngineFailure
from trackfit.engine.knowledge import KnowledgeBase
from trackfit.engine.model import Advise, Conclude, GroundRule, Value
from trackfit.engine.strata import stratify
from trackfit.engine.three_valued import WorkingMemory
from trackfit.tests.readers import Outcome, agreed, consult_shipped, run

CONCLUDED = frozenset({"found", "sure"})
BACKGROUNDS = ["architect", "backend", "data"]
SKILLS = [f"skill_{number:02}" for number in range(30)]
extension: Any = vars(durable_adapter)["extension"]


def leaf(attribute, operator, operand):
    return Leaf(attribute=attribute, operator=operator, operand=operand)


def rule(key, when, then=None):
    return GroundRule(key=key, rule=key, title=key, when=when, then=then or Advise(section="plan", says="…"))


def concludes(key, when, value):
    return rule(key, when, Conclude(attribute="found", value=value))


RULES = stratify(
    [
        concludes("start", leaf("years", "at_least", 5), "a"),
        concludes("next", leaf("found", "has", "a"), "b"),
        concludes("last", AllOf((leaf("found", "has", "b"), leaf("skills", "has", SKILLS[0]))), "c"),
        rule("nothing", leaf("found", "known", False)),
        *(rule(f"from {one}", leaf("background", "is", one)) for one in BACKGROUNDS),
        *(rule(f"holds {one}", leaf("skills", "has", one)) for one in SKILLS),
    ],
    CONCLUDED,
)
CASES: list[dict[str, Value]] = [
    {
        "years": number % 10,
        "background": BACKGROUNDS[number % 3],
        "skills": frozenset(SKILLS[number % 7 :: 3]),
    }
    for number in range(40)
]


@pytest.fixture
def engine():
    made = DurableEngine(RULES, CONCLUDED)
    yield made
    made.close()


@pytest.fixture(scope="module")
def expected():
    return agreed("safety", RULES, CONCLUDED, CASES)


def outcome(engine, known):
    return run(engine, known, CONCLUDED)


def resident():
    gc.collect()
    return psutil.Process().memory_info().rss


# Threads and processes.


def test_several_threads_at_once(engine, expected):
    threads, ready, found = [], threading.Barrier(6), {}

    def consult_all(name):
        ready.wait()
        found[name] = [outcome(engine, known) for _ in range(5) for known in CASES]

    for name in range(6):
        threads.append(threading.Thread(target=consult_all, args=(name,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected * 5] * 6


def test_no_thread_is_left(engine):
    before = psutil.Process().num_threads(), threading.active_count()
    for known in CASES:
        outcome(engine, known)
    assert (psutil.Process().num_threads(), threading.active_count()) == before


def test_a_consultation_within_a_consultation(engine, expected):
    inner = []
    memory = WorkingMemory(CASES[5], CONCLUDED)
    engine.run(memory, lambda _: inner.append(outcome(engine, CASES[6])))
    assert inner
    assert set(map(repr, inner)) == {repr(expected[6])}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_parent_and_child_after_a_fork(engine, expected):
    """Even where the parent was in the middle of a consultation, holding a lock."""
    outcome(engine, CASES[0])
    shards = list(durable_adapter._shards(engine._strata))
    with shards[0].lock:
        child = os.fork()
        if child == 0:
            right = False
            try:
                right = [outcome(engine, known) for known in CASES] == expected
            finally:
                os._exit(0 if right else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert [outcome(engine, known) for known in CASES] == expected


def test_a_spawned_process():
    answers: dict[str, Value] = {"background": "data_engineer", "years_experience": 7}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(consult_shipped, (answers,))
    assert there == consult_shipped(answers)
    assert "recommend_sourced_route[data_engineer_to_mlops]" in there


def test_two_engines_side_by_side(expected):
    """Their rules have the same ids and other conditions; closing one leaves the other alone."""
    turned = tuple(
        msgspec.structs.replace(one, when=leaf("years", "less_than", 5)) if one.key == "start" else one
        for one in RULES
    )
    first, second = DurableEngine(RULES, CONCLUDED), DurableEngine(turned, CONCLUDED)
    others = agreed("turned", turned, CONCLUDED, CASES)
    assert others != expected
    for known, one, other in zip(CASES, expected, others, strict=True):
        assert (outcome(first, known), outcome(second, known)) == (one, other)
    first.close()
    assert [outcome(second, known) for known in CASES] == others
    second.close()


# Failures: told, and the next case is right.


@pytest.mark.parametrize("error", [KeyError, KeyboardInterrupt, SystemExit])
def test_an_exception_in_a_conclusion(engine, expected, error):
    def conclude(_):
        raise error

    for _ in range(3):
        with pytest.raises(error):
            engine.run(WorkingMemory(CASES[5], CONCLUDED), conclude)
    assert [outcome(engine, known) for known in CASES] == expected


def test_rules_that_follow_from_each_other_come_to_an_end():
    rules = [
        concludes("there", leaf("found", "has", "b"), "a"),
        concludes("back", leaf("found", "has", "a"), "b"),
        concludes("start", ALWAYS, "a"),
    ]
    (found,) = agreed("circle", stratify(rules, CONCLUDED), CONCLUDED, [{}])
    assert found == Outcome(
        frozenset({"there", "back", "start"}), {"found": frozenset({"a", "b"}), "sure": frozenset()}
    )


def test_an_engine_that_fires_without_end_is_stopped(engine, expected, monkeypatch):
    outcome(engine, CASES[5])
    with monkeypatch.context() as patch:
        patch.setattr(extension, "complete_and_start_action", lambda *_: '{"r0":{}}')
        with pytest.raises(EngineFailure, match="without end"):
            outcome(engine, CASES[5])
    assert [outcome(engine, known) for known in CASES] == expected


@pytest.mark.parametrize(
    "function", ["create_ruleset", "assert_fact", "start_action_for_state", "retract_fact"]
)
def test_an_error_of_the_engine_is_told(engine, expected, monkeypatch, function):
    def fail(*_):
        raise extension.error("error code: 303")

    if function != "create_ruleset":
        outcome(engine, CASES[5])
    with monkeypatch.context() as patch:
        patch.setattr(extension, function, fail)
        with pytest.raises(EngineFailure, match="303"):
            outcome(engine, CASES[5])
    assert [outcome(engine, known) for known in CASES] == expected


def test_a_case_that_was_not_retracted_is_noticed(monkeypatch):
    engine = DurableEngine([rule("one", leaf("years", "at_least", 5))], CONCLUDED)
    with monkeypatch.context() as patch:
        patch.setattr(extension, "retract_fact", lambda *_: None)
        assert outcome(engine, {"years": 5}).fired == {"one"}
        with pytest.raises(EngineFailure, match="the case before"):
            outcome(engine, {"years": 7})
    assert outcome(engine, {"years": 4}).fired == set()
    assert outcome(engine, {"years": 7}).fired == {"one"}
    engine.close()


def test_a_session_that_fires_nothing_is_noticed(engine, expected, monkeypatch):
    outcome(engine, CASES[5])
    with monkeypatch.context() as patch:
        patch.setattr(extension, "start_action_for_state", lambda *_: None)
        with pytest.raises(EngineFailure, match="fires nothing"):
            outcome(engine, CASES[5])
    assert [outcome(engine, known) for known in CASES] == expected


def test_a_closed_engine_builds_itself_again(engine, expected):
    engine.close()
    engine.close()
    assert [outcome(engine, known) for known in CASES] == expected


# Limits.


def hashed(text):
    """How the engine tells names apart: FNV-1a, 32 bits."""
    found = 0x811C9DC5
    for byte in text.encode():
        found = (found ^ byte) * 16777619 & 0xFFFFFFFF
    return found


def test_two_names_of_one_hash_are_one_field_to_the_engine():
    """This is why a fact's fields have names of ours."""
    assert hashed("costarring") == hashed("liquid")
    pattern = {"all": [{"m": {"$and": [{"t": "case"}, {"liquid": 1}]}}]}
    handle = extension.create_ruleset("one hash", msgspec.json.encode({"r0": pattern}).decode())
    matched, state = extension.assert_fact(handle, '{"id":"a","sid":"s","t":"case","costarring":1}')
    assert (matched, extension.start_action_for_state(handle, state)[1][:5]) == (0, '{"r0"')
    extension.complete_and_start_action(handle, state)
    extension.delete_state(handle, "s")
    extension.delete_ruleset(handle)


def test_no_two_field_names_share_a_hash():
    of_the_engine = [
        "t",
        "id",
        "sid",
        "go",
        "m",
        "s",
        "$s",
        "$i",
        "$forward",
        "$m",
        "$and",
        "$or",
        "$eq",
        "$neq",
    ]
    of_the_engine += [
        "$lt",
        "$lte",
        "$gt",
        "$gte",
        "$ex",
        "$nex",
        "$iall",
        "$iany",
        "$mt",
        "$imt",
        "$not",
        "$l",
    ]
    of_the_engine += [
        "$r",
        "$add",
        "$sub",
        "$mul",
        "$div",
        "all",
        "any",
        "pri",
        "count",
        "cap",
        "dist",
        "name",
    ]
    names = [*FIELDS, *of_the_engine]
    assert len({hashed(name) for name in names}) == len(set(names)) == len(names)


def test_no_two_facts_share_a_hash():
    """The engine takes facts whose ids have one hash for the same."""
    assert len({hashed(name) for name in ("case", "go", f"sid-{durable_adapter._SESSION}")}) == 3


@pytest.mark.parametrize("count", [MAX_ENTRIES, MAX_ENTRIES + 1, 300])
def test_any_number_of_rules_can_match_one_case(count):
    """More than 64 matches side by side in one ruleset are error 303, many more a hang."""
    rules = [rule(f"r{number:03}", leaf("years", "at_least", number)) for number in range(count)]
    rules += [rule(f"s{number:03}", ALWAYS) for number in range(count)]
    (found,) = agreed("all_match", rules, frozenset(), [{"years": 1_000}])
    assert len(found.fired) == 2 * count


def test_more_attributes_than_a_fact_has_fields():
    """Beyond 252 keys in a fact the engine reports error 302."""
    names = [f"attribute_{number:03}" for number in range(2 * MAX_FIELDS + 1)]
    rules = [rule(name, leaf(name, "is", True)) for name in names]
    rules.append(rule("most", AllOf(tuple(leaf(name, "is", True) for name in names[:MAX_FIELDS]))))
    (found,) = agreed("many_fields", rules, frozenset(), [dict.fromkeys(names, True)])
    assert found.fired == {*names, "most"}


def test_a_rule_over_the_limit_is_refused_by_name():
    names = [f"attribute_{number:03}" for number in range(MAX_FIELDS + 1)]
    with pytest.raises(EngineFailure, match="'greedy' compares more than 180"):
        DurableEngine([rule("greedy", AllOf(tuple(leaf(name, "is", 1) for name in names)))], frozenset())


def test_many_alternatives_of_one_rule_fire_it_once():
    parts = tuple(leaf("skills", "has", one) for one in SKILLS)
    (found,) = agreed(
        "alternatives", [rule("any", AnyOf(parts))], frozenset(), [{"skills": frozenset(SKILLS)}]
    )
    assert found.fired == {"any"}


def test_text_and_sets_of_any_size_stay_outside(engine, expected):
    """What no rule asks for never reaches the engine, which would cut long texts off or crash."""
    skills = CASES[5]["skills"]
    assert isinstance(skills, frozenset)
    large: dict[str, Value] = {**CASES[5], "name": "x" * 1_000_000, "notes": "\ud800"}
    large["skills"] = skills | {f"unasked_{number}" for number in range(10_000)}
    assert outcome(engine, large) == expected[5]


def test_a_deep_condition():
    when = leaf("years", "at_least", 1)
    for _ in range(60):
        when = AllOf((AnyOf((when, leaf("years", "is", 0))), leaf("years", "at_most", 9)))
    (found,) = agreed("deep", [rule("deep", when)], frozenset(), [{"years": 5}])
    assert found.fired == {"deep"}


# Memory.


def test_what_is_made_is_freed(monkeypatch):
    """By `close`, and by dropping the engine."""
    made: list[int] = []
    freed: list[int] = []
    create, delete = extension.create_ruleset, extension.delete_ruleset

    def noted_create(*given):
        made.append(create(*given))
        return made[-1]

    def noted_delete(handle):
        freed.append(handle)
        delete(handle)

    monkeypatch.setattr(extension, "create_ruleset", noted_create)
    monkeypatch.setattr(extension, "delete_ruleset", noted_delete)
    closed, dropped = DurableEngine(RULES, CONCLUDED), DurableEngine(RULES, CONCLUDED)
    for engine in (closed, dropped):
        outcome(engine, CASES[5])
    closed.close()
    assert len(freed) == len(made) / 2 > 0
    del engine, dropped
    gc.collect()
    assert sorted(freed) == sorted(made)


def test_memory_of_engines_made_and_closed():
    def make(count):
        for _ in range(count):
            engine = DurableEngine(RULES, CONCLUDED)
            outcome(engine, CASES[5])
            engine.close()

    make(50)
    before = resident()
    make(300)
    assert resident() - before < 4_000_000


def test_memory_of_many_consultations(capsys):
    assert _growth(3_000, capsys) < 2_000_000


@pytest.mark.slow
def test_memory_of_a_hundred_thousand_consultations(capsys):
    assert _growth(100_000, capsys) < 4_000_000


def _growth(count, capsys):
    """How much more memory there is after the last consultation than after the first thousand."""
    first = 0
    with KnowledgeBase.load(engine="durable-rules", cache=False) as kb:
        cases = [
            kb.reader.case({"background": background, "years_experience": years, "skills": frozenset(skills)})
            for background in kb.facts.backgrounds
            for years in (0, 6, 25)
            for skills in (["python"], ["sql", "docker", "kubernetes"], [])
        ]
        for number in range(count):
            if number == 1_000:
                first = resident()
            consult(kb, cases[number % len(cases)], "2026-11-22")
        last = resident()
    with capsys.disabled():
        print(f"\n{count:,} consultations: {first:,} bytes after the first thousand, {last:,} after the last")
    return last - first
