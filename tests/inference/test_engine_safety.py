"""durable-rules kept on safe ground: threads, processes, failures, limits and memory. docs/engine-limits.md says why."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from typing import Any

import msgspec
import psutil
import pytest

from trackfit.engine.inference import durable as durable_adapter
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.inference.consult import Consultation, consult
from trackfit.engine.inference.durable import DurableEngine
from trackfit.engine.inference.three_valued import ThreeValuedEngine, WorkingMemory
from trackfit.engine.knowledge.strata import stratify
from trackfit.engine.language.conditions import ALWAYS, AllOf, Leaf
from trackfit.engine.language.model import Advise, Conclude, GroundRule, Value
from trackfit.engine.problems.errors import EngineFailure
from trackfit.tests.support.readers import Outcome, agreed, consult_shipped, run
from trackfit.tests.support.shipped import DAY, three_valued

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
    outcome(engine, CASES[0])
    before = psutil.Process().num_threads(), threading.active_count()
    for known in CASES:
        outcome(engine, known)
    assert psutil.Process().num_threads() <= before[0]
    assert threading.active_count() <= before[1]


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_while_a_thread_makes_a_cached_property():
    """Python 3.11 makes one under a lock of its class, which no thread of the child will ever release."""
    consultation = consult(three_valued(), three_valued().reader.case({"background": "other"}), DAY)
    lock = getattr(Consultation.__dict__["recommendations"], "lock", threading.RLock())
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        os._exit(0 if consultation.recommendations else 1)
    _, status = os.waitpid(child, 0)
    done.set()
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_spawned_process():
    answers: dict[str, Value] = {"background": "data_engineer", "years_experience": 7}
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(consult_shipped, (answers,))
    assert there == consult_shipped(answers)
    assert "recommend_sourced_route[data_engineer_to_mlops]" in there


def test_the_order_of_rules_does_not_show(expected):
    for rules in (RULES[::-1], sorted(RULES, key=lambda one: one.title)):
        assert [outcome(DurableEngine(rules, CONCLUDED), known) for known in CASES] == expected
        assert [outcome(ThreeValuedEngine(rules), known) for known in CASES] == expected


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


def test_a_second_error_does_not_hide_the_first(engine, expected, monkeypatch):
    def fail(code):
        def failing(*_):
            raise extension.error(f"error code: {code}")

        return failing

    outcome(engine, CASES[5])
    with monkeypatch.context() as patch:
        patch.setattr(extension, "assert_fact", fail(303))
        patch.setattr(extension, "delete_state", fail(309))
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


def test_an_engine_in_which_nothing_fired_can_be_closed():
    engine = DurableEngine([rule("never", leaf("years", "at_least", 5))], CONCLUDED)
    for _ in range(50):
        assert outcome(engine, {"years": 1}).fired == set()
        engine.close()


def test_text_and_sets_of_any_size_stay_outside(engine, expected):
    """What no rule asks for never reaches the engine, which would cut long texts off or crash."""
    skills = CASES[5]["skills"]
    assert isinstance(skills, frozenset)
    large: dict[str, Value] = {**CASES[5], "name": "x" * 1_000_000, "notes": "\ud800"}
    large["skills"] = skills | {f"unasked_{number}" for number in range(10_000)}
    assert outcome(engine, large) == expected[5]


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
