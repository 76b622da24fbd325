"""`trackfit import` of JSON Resume: the public sample, and the loose files that people really have."""

from __future__ import annotations

import json
import re
import shutil
import stat
from pathlib import Path

import pytest
import yaml

from trackfit.engine.language.vocabulary import without_accents
from trackfit.tests.support.places import TESTS
from trackfit.tests.support.resume_files import DAYS, KB
from trackfit.tests.support.running import run
from trackfit.tests.support.shipped import DAY

SAMPLE = TESTS / "resumes" / "sample.json"
LEFT_OPEN = [
    "denied_skills",
    "target_track",
    "target_reason",
    "country",
    "salary_goal",
    "salary_basis",
    "math_comfort",
    "portfolio",
    "expects_same_work",
    "undervalues_pipeline_skills",
    "considers_generic_cloud",
    "waits_to_learn_enough",
    "done",
    "hours_per_week",
]
UNKNOWN = [
    "'GIF' (skills[1].keywords[2], level 'Master')",
    "'MP4' (skills[1].keywords[1], level 'Master')",
    "'Mpeg' (skills[1].keywords[0], level 'Master')",
]
LEFT_OUT = "it is left out (wrong-type)"


def imported(here, document, name="resume.json"):
    """The answers of a résumé that must be taken, the lines about problems, and the comments beside the answers."""
    content = document if isinstance(document, str) else json.dumps(document)
    (here / name).write_text(content, encoding="utf-8")
    result = run("import", name, "--as-of", DAY)
    assert result.exit_code == 0, result.stderr
    told = [line for line in result.stderr.splitlines() if line.startswith(f"{name}:")]
    comments = [line.removeprefix("# ") for line in result.stdout.splitlines() if line.startswith("#")]
    return yaml.safe_load(result.stdout), told, comments[4:]


def jobs(*rows):
    return {"work": [dict(zip(("position", "startDate", "endDate"), row, strict=False)) for row in rows]}


@pytest.mark.usefixtures("here")
def test_the_public_sample():
    shutil.copy(SAMPLE, "sample.json")
    result = run("import", "sample.json", "--as-of", DAY)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "# Answers for trackfit, from 'sample.json' (JSON Resume), up to 2026-11-22. Change what is not so, then run:",
        "# trackfit advise THIS_FILE",
        "# What stands in a résumé is taken as it stands, and says nothing of how well you know it.",
        f"# Never guessed, and left open: {', '.join(LEFT_OPEN)}.",
        "",
        "# Backend or full-stack engineer, because the headline 'Programmer' has 'programmer'; basics.label",
        "# passed over: 'CEO/President', work[0] (no title rule knows it)",
        'background: "backend_fullstack"',
        "",
        "# 2013-12-01 to 2014-12-01: 12 months, 'CEO/President' at 'Pied Piper', work[0]",
        "# 12 months of these only in jobs whose titles no rule knows: take them off if that was no work in software or data",
        "# together 12 months: 1 year and 0 months, rounded down to whole years",
        "years_experience: 1",
        "",
        "# HTML and CSS: 'CSS' (skills[0].keywords[1], level 'Master'), 'HTML' (skills[0].keywords[0], level 'Master')",
        "# JavaScript: 'Javascript' (skills[0].keywords[2], level 'Master')",
        "# Web development: 'Web Development' (skills[0].name, level 'Master')",
        f"# not known here, shown in the report, counted nowhere: {', '.join(UNKNOWN)}",
        "# a level is shown as it stands there, and counts for nothing: look whether you could use it next week",
        'skills: ["GIF", "MP4", "Mpeg", "html_css", "javascript", "web_development"]',
        "",
        "# from basics.name",
        'name: "Richard Hendriks"',
    ]


@pytest.mark.usefixtures("here")
def test_advise_takes_what_import_writes():
    shutil.copy(SAMPLE, "sample.json")
    assert run("import", "sample.json", "--out", "me.yaml").exit_code == 0
    assert stat.S_IMODE(Path("me.yaml").stat().st_mode) == 0o600
    result = run("advise", "me.yaml", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["case"]["background"] == "backend_fullstack"


@pytest.mark.usefixtures("here")
def test_nothing_is_overwritten_unasked():
    shutil.copy(SAMPLE, "sample.json")
    Path("me.yaml").write_text("mine", encoding="utf-8")
    result = run("import", "sample.json", "--out", "me.yaml")
    assert (result.exit_code, result.stderr) == (
        2,
        "me.yaml:1:1: error: this file exists; add --force to overwrite it, or name another (file-exists)\n",
    )
    assert Path("me.yaml").read_text(encoding="utf-8") == "mine"
    assert run("import", "sample.json", "--out", "me.yaml", "--force").exit_code == 0
    assert Path("me.yaml").read_text(encoding="utf-8").startswith("# Answers")


@pytest.mark.usefixtures("here")
def test_what_was_taken_is_said_where_there_is_no_terminal():
    shutil.copy(SAMPLE, "sample.json")
    result = run("import", "sample.json", "--out", "me.yaml", "--as-of", DAY)
    assert result.stdout == ""
    assert "background: Backend or full-stack engineer\n" in result.stderr
    assert "years of experience: 1\n" in result.stderr
    assert result.stderr.endswith(
        "Written: me.yaml\n"
        "\n"
        "Only what stands there was taken: no goal, and nothing of how well you know it.\n"
        "To answer the rest: trackfit interview --resume me.yaml\n"
        "For advice as it is: trackfit advise me.yaml\n"
    )


LOOSE = {
    "company for name": (
        {"work": [{"company": "Acme", "position": "Data Engineer", "startDate": "2020", "endDate": "2022"}]},
        {"background": "data_engineer", "years_experience": 2},
    ),
    "other names": (
        {"experience": [{"title": "SRE", "start_date": "2020-01", "end_date": "2022-12"}], "basics": None},
        {"background": "devops_platform_sre", "years_experience": 3},
    ),
    "yaml": (
        "basics: {name: Ana}\nwork:\n  - {position: Data Scientist, startDate: 2020-01-01, endDate: 2021-06-01}\n",
        {"background": "data_scientist", "name": "Ana", "years_experience": 1},
    ),
    "skills as texts": (
        {"basics": {}, "skills": ["Python", "k8s, SQL", {"name": "Go", "keywords": None}, None]},
        {"background": "other", "skills": ["go", "kubernetes", "python", "sql"]},
    ),
    "skills as one text": ({"work": [], "skills": "python; sql"}, {"background": "other", "skills": ["python", "sql"]}),
    "skills by group": (
        {"work": None, "skills": {"languages": ["python"], "data": "sql"}},
        {"background": "other", "skills": ["python", "sql"]},
    ),
    "skills alone": ({"skills": ["python"]}, {"background": "other", "skills": ["python"]}),
    "a year as a number": (
        {"work": [{"position": "x", "startDate": 2013, "endDate": 2016}]},
        {"background": "other", "years_experience": 3},
    ),
    "present": (jobs(("x", "2020-11-25", "Present")), {"background": "other", "years_experience": 6}),
    "no end": (jobs(("x", "2020-12", None)), {"background": "other", "years_experience": 6}),
    "no dates": (jobs(("Software Engineer",)), {"background": "backend_fullstack"}),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOSE)
def test_loose_files(name, here):
    document, wanted = LOOSE[name]
    answers, told, _ = imported(here, document, "resume.yaml" if name == "yaml" else "resume.json")
    assert answers == wanted
    assert told == []


NOT_COUNTED = "is not counted as experience"
NO_DATE = f"is not a date such as 2022-10 or Oct 2022, so 'x' {NOT_COUNTED} (wrong-date)"
NO_SKILL = f"must be a text that names a skill, not {{}}; {LEFT_OUT}"
ADD = "it is left out, add terraform or tensorflow"
A_JOB = "a job, with `name`, `position`, `startDate` and `endDate`"
WRONG = {
    "work is no list": (
        '{"work": "none", "basics": {}}',
        f"1:10: warning: 'work' must be a list of jobs, not 'none'; {LEFT_OUT}",
    ),
    "basics is no mapping": (
        '{"basics": [1]}',
        f"1:12: warning: 'basics' must be a mapping with `name` and `label`, not a list; {LEFT_OUT}",
    ),
    "a job is a text": ('{"work": ["x"]}', f"1:11: warning: 'work[0]' must be {A_JOB}, not 'x'; {LEFT_OUT}"),
    "a title is a list": (
        '{"work": [{"position": []}]}',
        f"1:24: warning: 'work[0].position' must be a text, not a list; {LEFT_OUT}",
    ),
    "a skill is a number": ('{"skills": [7]}', f"1:13: warning: 'skills[0]' {NO_SKILL.format(7)}"),
    "keywords nested": (
        '{"skills": [{"keywords": [["a"]]}]}',
        f"1:27: warning: 'skills[0].keywords[0]' {NO_SKILL.format('a list')}",
    ),
    "not a number": ('{"skills": [NaN]}', f"1:13: warning: 'skills[0]' {NO_SKILL.format(repr('NaN'))}"),
    "a huge number": (
        '{"work": [{"position": "x", "startDate": 1e999}]}',
        f"1:42: warning: '1e999' {NO_DATE}",
    ),
    "a name that is not text": (
        '{"basics": {"name": {"first": "A"}}}',
        f"1:21: warning: 'basics.name' must be a text, not a mapping; {LEFT_OUT}",
    ),
    "a misspelt section": (
        '{"basics": {}, "wrok": []}',
        "1:16: warning: the section 'wrok' is not read; did you mean 'work'? (unknown-key)",
    ),
    "a date in the future": (
        '{"work": [{"position": "x", "startDate": "2030-01"}]}',
        f"1:42: warning: 2030-01 is after 2026-11-22, so 'x' {NOT_COUNTED} (future-date)",
    ),
    "an end in the future": (
        '{"work": [{"position": "x", "company": "y", "startDate": "2026", "endDate": "2030"}]}',
        "1:77: warning: 2030 is after 2026-11-22, so 'x' at 'y' is counted up to 2026-11-22 (future-date)",
    ),
    "an end before the start": (
        '{"work": [{"position": "x", "startDate": "2020-02", "endDate": "2020-01"}]}',
        f"1:64: warning: the end 2020-01 is before the start 2020-02, so 'x' {NOT_COUNTED} (ends-before-start)",
    ),
    "an end alone": (
        '{"work": [{"position": "x", "endDate": "2020-01"}]}',
        f"1:11: warning: there is no start to the end 2020-01, so 'x' {NOT_COUNTED} (missing-key)",
    ),
    "two readings": (
        '{"work": [{"position": "x", "startDate": "01/02/2013"}]}',
        f"1:42: warning: '01/02/2013' {NO_DATE}",
    ),
    "no such day": (
        '{"work": [{"position": "x", "startDate": "31 Feb 2013"}]}',
        f"1:42: warning: '31 Feb 2013' {NO_DATE}",
    ),
    "centuries": (
        '{"work": [{"position": "x", "startDate": "1901"}]}',
        "1:11: warning: the jobs add up to 125 years, and 'years_experience' must be from 0 to 60, not 125; "
        + LEFT_OUT.replace("wrong-type", "out-of-range"),
    ),
    "unclear skill": (
        '{"skills": ["tf"]}',
        f"1:13: warning: 'tf' may mean Terraform or TensorFlow; {ADD} (ambiguous-skill)",
    ),
    "too many skills": (
        json.dumps({"skills": [f"skill {number:03}" for number in range(501)]}),
        "1:13: warning: there are 501 skills; the first 500 by the alphabet are taken (too-many-values)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_and_the_rest_is_taken(name, here):
    content, problem = WRONG[name]
    rest = '"basics": {"name": "Ana"}' if '"skills"' in content else '"skills": ["sql"]'
    answers, told, _ = imported(here, f"{content[:-1]}, {rest}}}")
    assert told == [f"resume.json:{problem}"]
    assert answers["background"] == "other"
    assert "years_experience" not in answers or "counted up to" in problem


NO_RESUME = (
    "this is no JSON Resume: it has none of the sections 'basics', 'work' and 'skills' (unknown-file-kind)"
)
REFUSED = {
    "no resume": ('{"a": 1}', f"1:1: error: {NO_RESUME}"),
    "a list": ("[1]", f"1:1: error: {NO_RESUME}"),
    "nothing in it": (
        '{"basics": {}, "work": null}',
        "1:1: error: there is nothing here to take: no job, no skill and no name (empty-file)",
    ),
    "answers": (
        '{"background": "other", "skills": []}',
        "1:1: error: this is an answers file already; ask for advice on it: trackfit advise FILE (unknown-file-kind)",
    ),
    "empty": ("", "1:1: error: the file is empty; it needs `key: value` lines (empty-file)"),
    "deep": (
        '{"work": ' + "[" * 100 + "]" * 100 + "}",
        "1:30: error: nested deeper than 20 levels; flatten it (nested-too-deep)",
    ),
    "twice": (
        '{"work": [],\n "work": []}',
        "2:2: error: the key 'work' stands here a second time (first on line 1); keep one of them (duplicate-key)",
    ),
    "broken": (
        '{"work": [}',
        "1:11: error: not valid JSON: a value is missing here, or a text without its double quotes (json-syntax)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused(name, here):
    content, problem = REFUSED[name]
    (here / "resume.json").write_text(content, encoding="utf-8")
    result = run("import", "resume.json", "--out", "me.yaml")
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"resume.json:{problem}\n")
    assert not (here / "me.yaml").exists()


def test_a_byte_order_mark_does_no_harm(here):
    (here / "resume.json").write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes())
    assert run("import", "resume.json").exit_code == 0


@pytest.mark.parametrize(
    ("level", "shown"), [("3", "'3'"), ('"*Expert*\\n# x"', "'*Expert* # x'"), ("[1]", None)]
)
def test_a_level_is_shown_and_counts_for_nothing(level, shown, here):
    answers, _, comments = imported(here, f'{{"skills": [{{"name": "Python", "level": {level}}}]}}')
    assert answers["skills"] == ["python"]
    told = f"Python: 'Python' (skills[0].name{f', level {shown}' if shown else ''})"
    assert told in comments
    assert any("counts for nothing" in line for line in comments) is bool(shown)


def test_volunteer_work_education_projects_and_texts_are_not_taken(here):
    answers, _, _ = imported(
        here,
        {
            "basics": {"summary": "Python and SQL", "label": "Aspiring data scientist"},
            "work": [{"position": "Baker", "summary": "Python", "highlights": ["SQL"]}],
            "volunteer": [{"position": "Data Engineer", "startDate": "2000", "endDate": "2010"}],
            "education": [{"area": "Data Science", "startDate": "2000", "endDate": "2010"}],
            "projects": [{"keywords": ["Python"], "startDate": "2000", "endDate": "2010"}],
            "languages": [{"language": "Go"}],
        },
    )
    assert answers == {"background": "other"}


def test_jobs_at_once_are_counted_once_and_the_arithmetic_is_shown(here):
    answers, _, comments = imported(
        here,
        jobs(
            ("Data Engineer", "2020-01", "2021-12"),
            ("Consultant", "2021-01", "2022-06"),
            ("Data Engineering Intern", "2010-01", "2019-12"),
            ("Baker", "2018", "2019"),
            ("Data Engineer", "2020-01", "2021-12"),
        ),
    )
    assert answers["years_experience"] == 3
    assert comments == [
        "Data engineer, because the title 'Data Engineer' (2020–2021, ended 4 years ago) has 'data engineer'; work[0]",
        "passed over: 'Consultant', work[1] (no title rule knows it)",
        "2021-01 to 2022-06: 18 months, 'Consultant', work[1]",
        "2020-01 to 2021-12: 24 months, 'Data Engineer', work[0]",
        "not counted, for 'intern': 'Data Engineering Intern', work[2]",
        "2018 to 2019: 12 months, 'Baker', work[3]",
        "12 months of these in more than one job, counted once",
        "18 months of these only in jobs whose titles no rule knows: take them off if that was no work in software or data",
        "together 42 months, in 2 stretches: 3 years and 6 months, rounded down to whole years",
    ]


def test_the_newest_job_with_a_known_title_decides(here):
    answers, _, comments = imported(
        here,
        jobs(
            ("Software Engineer", "2010", "2015"),
            ("Head of Wonder", "2022", None),
            ("Data Science Intern", "2021", "2022"),
            ("Lead Data Engineer", "2016", "2021"),
        ),
    )
    assert answers["background"] == "data_engineer"
    assert comments[:3] == [
        "Data engineer, because the title 'Lead Data Engineer' (2016–2021, ended 5 years ago) has 'data engineer'; work[3]",
        "passed over: 'Head of Wonder', work[1] (no title rule knows it)",
        "passed over: 'Data Science Intern', work[2] (not counted, for 'intern')",
    ]


def test_an_old_and_short_job_gives_way_to_the_headline(here):
    document = jobs(("Data Engineer", "2009-01", "2009-06"), ("Baker", "2015", None))
    document["basics"] = {"label": "Software engineer"}  # pyright: ignore[reportArgumentType]
    answers, _, comments = imported(here, document)
    assert answers["background"] == "backend_fullstack"
    assert "passed over: 'Data Engineer', work[0] (old and short)" in comments


def test_what_stands_above_keywords_is_a_heading(here):
    skills = [
        {"name": "Data & Infrastructure", "keywords": ["Kafka", "Terraform"]},
        {"name": "Machine Learning", "keywords": ["pandas"]},
        {"name": "Java", "keywords": ["Spring Boot"]},
        {"name": "SQL", "keywords": []},
    ]
    answers, told, _ = imported(here, {"skills": skills})
    assert answers["skills"] == ["java", "kafka", "pandas", "spring_boot", "sql", "terraform"]
    assert told == []


def test_a_level_that_takes_a_skill_back_is_heard(here):
    skills = [
        {"name": "Rust", "level": "want to learn"},
        {"name": "Go", "level": "Beginner"},
        {"name": "Python", "level": "Expert"},
    ]
    answers, _, comments = imported(here, {"skills": skills})
    assert answers["skills"] == ["Go (Beginner)", "Rust (want to learn)", "python"]
    assert (
        "Rust is still to be learned, shown in the report, counted nowhere: 'Rust (want to learn)' (skills[0].name)"
        in comments
    )


def test_maps_of_skills_and_texts_in_several_languages_are_read(here):
    skills = {
        "Languages": {"Python": "expert", "Rust": "learning"},
        "Tools": ["Docker", {"en": "Kubernetes", "de": "Kubernetes"}],
        "Databases": {"Relational": ["PostgreSQL"], "Other": "Redis"},
    }
    answers, told, _ = imported(here, {"skills": skills})
    assert answers["skills"] == ["Rust (learning)", "docker", "kubernetes", "postgresql", "python", "redis"]
    assert told == []


@pytest.mark.parametrize("key", ["positions", "roles"])
def test_several_roles_at_one_employer_are_jobs_of_their_own(here, key):
    roles = [
        {"title": "Data Engineer", "startDate": "2020-01", "endDate": "2022-12"},
        {"title": "Software Engineer", "startDate": "2018-01", "endDate": "2019-12"},
    ]
    answers, _, comments = imported(here, {"work": [{"name": "Acme", key: roles}]})
    assert (answers["background"], answers["years_experience"]) == ("data_engineer", 5)
    assert any("'Software Engineer' at 'Acme'" in line for line in comments)


def test_jobs_that_adjoin_lose_no_month(here):
    answers, _, comments = imported(
        here,
        jobs(("Data Engineer", "2019-01-01", "2019-03-15"), ("Data Engineer", "2019-03-16", "2019-12-31")),
    )
    assert answers["years_experience"] == 1
    assert "together 12 months: 1 year and 0 months, rounded down to whole years" in comments


DATES = {
    "31.12.2015": "2015-12-31",
    "Mar-18": "2018-03",
    "Mar-98": "1998-03",
    "März 2018": "2018-03",
    "févr. 2019": "2019-02",
    "fevrier 2019": "2019-02",
    "enero de 2020": "2020-01",
    "agosto 2020": "2020-08",
    "Dezembro 2021": "2021-12",
    "maggio 2017": "2017-05",
    "mei 2016": "2016-05",
    "październik 2015": "2015-10",
    "2018 Dec": "2018-12",
    "1st of May": None,
    "Smarch 2020": None,
    "01/02/2013": None,
}


@pytest.mark.parametrize("text", DATES)
def test_dates_of_eight_languages(text):
    date = DAYS.read(text)
    assert (date and str(date)) == DATES[text]


@pytest.mark.parametrize(
    "word", ["Present", "heute", "aujourd’hui", "actualidad", "Atualmente", "obecnie", ""]
)
def test_words_for_an_end_that_is_not_yet(word):
    assert DAYS.is_open(word)


def test_no_word_of_the_calendar_stands_in_two_rows():
    rows = KB.facts.date_words.values()
    pairs = {(without_accents(word), row.id) for row in rows for word in row.words}
    assert len(pairs) == len({word for word, _ in pairs})


def test_a_text_from_a_file_is_neither_yaml_nor_a_terminal_command(here):
    evil = "x\n# y\x1b]0;owned\x07\u202e: [*a] =cmd|'/C calc'!A0"
    document = {"basics": {"name": evil}, "skills": [evil], "work": [{"position": evil, "name": evil}]}
    (here / "resume.json").write_text(json.dumps(document), encoding="utf-8")
    result = run("import", "resume.json", "--out", "me.yaml")
    assert result.exit_code == 0
    written = (here / "me.yaml").read_text(encoding="utf-8")
    comments = "".join(line for line in written.splitlines() if line.startswith("#"))
    assert [one for one in comments + result.stderr if not (one.isprintable() or one == "\n")] == []
    assert re.search(r"[\x00-\x09\x0b-\x1f]", written) is None
    advice = run("advise", "me.yaml", "--format", "json")
    assert advice.exit_code == 0
    case = json.loads(advice.stdout)["case"]
    assert case["name"] == " ".join(evil.split())


def test_a_file_that_is_not_there(here):
    (here / "resume.json").write_text("{}", encoding="utf-8")
    result = run("import", "resum.json")
    problem = "resum.json:1:1: error: there is no such file; did you mean 'resume.json'? (no-such-file)\n"
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", problem)
