"""LinkedIn's data export: Positions.csv, Skills.csv and Profile.csv, of all the files that it holds."""

from __future__ import annotations

from collections.abc import Iterator

from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.archive import Part
from trackfit.engine.resumes.dates import Calendar
from trackfit.engine.resumes.resume import Job, Mention, Resume, dated
from trackfit.engine.resumes.sheet import SheetRow, rows_of

KIND = "LinkedIn export"
COLUMNS = {
    "positions.csv": ("Title", "Company Name", "Started On", "Finished On"),
    "skills.csv": ("Name",),
    "profile.csv": ("First Name", "Last Name", "Headline"),
}


def read_linkedin(parts: list[Part], days: Calendar, notes: Problems) -> Resume:
    """What an export says; of files with other names nothing is read."""
    rows = {
        name: rows_of(part, COLUMNS[name], notes) for part in parts if (name := part.name.lower()) in COLUMNS
    }
    profile = next(iter(rows.get("profile.csv", ())), None)
    skills = (row.mention("Name") for row in rows.get("skills.csv", ()))
    return Resume(
        kind=KIND,
        jobs=tuple(_jobs(rows.get("positions.csv", []), days, notes)),
        skills=tuple(one for one in skills if one.text),
        name=_name(profile) if profile else None,
        headline=_given(profile.mention("Headline")) if profile else None,
    )


def by_its_name(part: Part) -> Part | None:
    """A single file as the one that its name tells, such as `Positions (1).csv`; None where it tells none."""
    name = next((name for name in COLUMNS if name.removesuffix(".csv") in part.name.lower()), None)
    return None if name is None else Part(name.capitalize(), part.place, part.raw)


def _jobs(rows: list[SheetRow], days: Calendar, notes: Problems) -> Iterator[Job]:
    for row in rows:
        job = Job(row.cells.get("Title", ""), row.cells.get("Company Name", ""), row.source, row.where)
        yield dated(job, row.mention("Started On"), row.mention("Finished On"), days, notes)


def _name(profile: SheetRow) -> Mention | None:
    names = (profile.cells.get(column, "") for column in ("First Name", "Last Name"))
    return _given(Mention(" ".join(filter(None, names)), profile.source, profile.where))


def _given(mention: Mention) -> Mention | None:
    return mention if mention.text else None
