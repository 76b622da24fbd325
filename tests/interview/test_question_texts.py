"""What the interview asks is easy to read."""

from __future__ import annotations

import pytest
from textstat import textstat

from trackfit.engine.language.questions import asked
from trackfit.tests.support.shipped import three_valued

HARDEST = 8
KB = three_valued()
QUESTIONS = [row.id for row in asked(KB.facts.attributes.values())]


@pytest.mark.parametrize("id_", QUESTIONS)
def test_a_question_and_its_help_are_easy_to_read(id_):
    question = KB.reader.attributes[id_].question
    assert question is not None
    assert textstat.flesch_kincaid_grade(question.question) <= HARDEST
    assert textstat.flesch_kincaid_grade(question.help) <= HARDEST
    assert question.examples
