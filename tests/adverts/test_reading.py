"""What sentences, headings and lines say of the skills in them."""

from __future__ import annotations

import pytest

from trackfit.engine.adverts.advert import AdvertText
from trackfit.engine.adverts.reading import AdvertReader
from trackfit.engine.papers.paper import lines_of


@pytest.fixture(scope="module")
def reader(kb):
    return AdvertReader(kb)


def _read(reader, text, **given):
    return reader.read(AdvertText("advert", lines_of(text), **given))


def _skills(reader, text):
    advert = _read(reader, text, title="A job")
    required = {one.skill for one in advert.skills if not one.wished}
    return required, {one.skill for one in advert.skills if one.wished}


@pytest.mark.parametrize(
    ("text", "required", "wished"),
    [
        ("Strong Python, Kubernetes a plus.", {"python"}, {"kubernetes"}),
        ("Python is required, Kubernetes is a plus.", {"python"}, {"kubernetes"}),
        ("Experience with Docker, Kubernetes or Helm is a plus.", set(), {"docker", "kubernetes", "helm"}),
        ("Python (required), Kubernetes (nice to have), Docker", {"python", "docker"}, {"kubernetes"}),
        ("You know Python and ideally Kubernetes.", {"python"}, {"kubernetes"}),
        ("Kubernetes would be great. Python is a must.", {"python"}, {"kubernetes"}),
        ("Nice to have: Kubernetes, Docker", set(), {"kubernetes", "docker"}),
        ("No Kubernetes needed, just Python.", {"python"}, set()),
        ("You don't need Kubernetes, Docker or Helm.", set(), set()),
        ("Kubernetes is not required, Python is.", {"python"}, set()),
        ("We use PyTorch rather than TensorFlow.", {"pytorch"}, set()),
        ("Python; no Java.", {"python"}, set()),
        ("Kenntnisse in Python, Kubernetes wünschenswert", {"python"}, {"kubernetes"}),
        ("Python exigé, Kubernetes serait un plus", {"python"}, {"kubernetes"}),
        ("Python. Se valorará Kubernetes.", {"python"}, {"kubernetes"}),
        ("A training budget for AWS. You write Python.", {"python"}, set()),
    ],
)
def test_words_beside_a_skill_say_how_it_is_meant(reader, text, required, wished):
    assert _skills(reader, text) == (required, wished)


@pytest.mark.parametrize(
    ("heading", "required", "wished"),
    [
        ("Requirements", {"kubernetes"}, set()),
        ("Nice to have:", set(), {"kubernetes"}),
        ("## Preferred qualifications", set(), {"kubernetes"}),
        ("**Bonus points**", set(), {"kubernetes"}),
        ("Von Vorteil", set(), {"kubernetes"}),
        ("Diferenciais", set(), {"kubernetes"}),
        ("Benefits", set(), set()),
        ("Wir bieten", set(), set()),
    ],
)
def test_a_heading_holds_for_what_stands_below_it(reader, heading, required, wished):
    assert _skills(reader, f"{heading}\n\n- Kubernetes") == (required, wished)


def test_a_heading_holds_up_to_the_next(reader):
    text = "Nice to have\n- Helm\n\nResponsibilities\n- Run Kubernetes\n\nBenefits\n- Azure credits\n\nYour profile\n- Python"
    assert _skills(reader, text) == ({"kubernetes", "python"}, {"helm"})


def test_a_skill_that_is_required_anywhere_is_required_in_the_line_that_says_so(reader):
    advert = _read(reader, "Kubernetes is a plus.\n\nRequirements\n- Kubernetes", title="A job")
    assert [(one.skill, one.line, one.wished) for one in advert.skills] == [("kubernetes", 4, False)]


def test_a_line_is_that_of_the_file_in_a_paragraph_of_several(reader):
    text = "You will be running our services, which are many, on\nKubernetes, and you will write them in the language\nPython."
    advert = _read(reader, text, title="A job")
    assert [(one.skill, one.line) for one in advert.skills] == [("kubernetes", 2), ("python", 3)]


def test_a_word_that_a_margin_parted_is_one(reader):
    assert _skills(reader, "You know how to run a large number of machines with Kuber-\nnetes.") == (
        {"kubernetes"},
        set(),
    )


def test_a_short_form_is_taken_where_the_text_tells_which_is_meant(reader):
    assert _skills(reader, "Terraform every day; TF modules") == ({"terraform"}, set())
    assert _skills(reader, "TF modules") == (set(), set())


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("5+ years of experience", (5, None)),
        ("3-5 years of experience", (3, 5)),
        ("at least three years of Python", (3, None)),
        ("up to 2 years of experience", (0, 2)),
        ("Mindestens 4 Jahre Berufserfahrung", (4, None)),
        ("3 ans d'expérience", (3, None)),
        ("8+ years in software, 2+ as a lead", (8, None)),
        ("5+ years experience; 10 years of experience would be a plus", (5, None)),
        ("We have 20 years of experience in logistics", None),
        ("Founded 15 years ago", None),
        ("a contract of 2 years", None),
        ("Our company is 12 years old", None),
    ],
)
def test_years_are_those_of_experience(reader, text, years):
    found = _read(reader, text, title="A job").years
    assert (found and (found.low, found.high)) == years


@pytest.mark.parametrize(
    ("text", "pay"),
    [
        ("Salary: $120k–$150k", (120_000, 150_000, "usd", "year")),
        ("Gehalt: €70.000", (70_000, 70_000, "eur", "year")),
        ("£500 per day", (500, 500, "gbp", "day")),
        ("Pay: $55.50 an hour", (55.5, 55.5, "usd", "hour")),
        ("4.500 – 5.200 € brutto im Monat", (4_500, 5_200, "eur", "month")),
        ("60–75.000 € Jahresgehalt", (60_000, 75_000, "eur", "year")),
        ("CHF 120'000 per year", (120_000, 120_000, "chf", "year")),
        ("Salary C$90,000 to C$110,000", (90_000, 110_000, "cad", "year")),
        ("$90,000 CAD salary", (90_000, 90_000, "cad", "year")),
        ("Salary: £40k in Leeds. Salary: £48k in London.", (40_000, 48_000, "gbp", "year")),
        ("We raised $50M in Series B", None),
        ("a learning budget of €2,000 per year", None),
        ("401k with $5,000 match, sign-on bonus of $10,000", None),
        ("manages $2 billion in assets", None),
    ],
)
def test_pay_has_its_currency_and_period_and_is_no_budget(reader, text, pay):
    found = _read(reader, text, title="A job").pay
    assert (found and (found.low, found.high, found.currency, found.per)) == pay


def test_a_share_is_the_part_of_a_tracks_list_that_is_asked_for(reader, kb):
    advert = _read(reader, "You bring Python, SQL, and experience with EKS.", title="A job")
    shares = {one.track: one for one in advert.tracks}
    mlops = kb.facts.tracks["mlops"]
    assert shares["mlops"].asked == ("python", "kubernetes", "sql")
    assert shares["mlops"].share == round(3 / len(mlops.skills), 4)
    assert [one.share for one in advert.tracks] == sorted((one.share for one in advert.tracks), reverse=True)
    assert advert.nearest == advert.tracks[0].track


def test_of_equal_shares_the_track_that_the_title_names_comes_first(reader, kb):
    ids = ("ai_engineering", "ai_infrastructure")
    titles = [kb.facts.tracks[id_].role for id_ in ids]
    found = [_read(reader, "You bring CI/CD.", title=title) for title in titles]
    assert [one.nearest for one in found] == list(ids)
    assert {one.tracks[0].share for one in found} == {one.tracks[1].share for one in found}


def test_what_asks_for_nothing_of_a_track_is_near_none(reader):
    advert = _read(reader, "You bring a driving licence.", title="A job")
    assert (advert.nearest, {one.share for one in advert.tracks}) == (None, {0.0})


def test_title_place_and_seniority_are_read(reader):
    advert = _read(reader, "Senior Data Engineer (m/f/d)\nLocation: Ghent\n\nPython.")
    assert (advert.title, advert.place, advert.seniority) == (
        "Senior Data Engineer (m/f/d)",
        "Ghent",
        "senior",
    )
