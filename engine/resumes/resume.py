"""What is read from a résumé, whatever its format: jobs, skills, a name and a headline, each with its place."""

from __future__ import annotations

import msgspec

from trackfit.engine.problems.problem import Location, quoted
from trackfit.engine.problems.problems import Problems
from trackfit.engine.resumes.dates import Calendar, Date


def printable(text: str) -> str:
    r"""A name from a file as it may stand in a message or a comment: on one line, without control characters.

    >>> printable("a\nb: c\x1b[0m")
    'a?b: c?[0m'
    """
    return "".join(one if one.isprintable() else "?" for one in text)


class Mention(msgspec.Struct, frozen=True):
    """A text with its place; `source` tells the place in the format's own words (`skills[0].name`, `row 3`).

    `level` is how well a skill is known by the résumé's own word. A heading stands above a list of skills, and is one
    only where it is the name of a tool.
    """

    text: str
    source: str
    where: Location
    level: str = ""
    is_heading: bool = False


class Job(msgspec.Struct, frozen=True):
    """A job; without a `start` nothing is known of when it was, and without an `end` it goes on."""

    title: str
    employer: str
    source: str
    where: Location
    start: Date | None = None
    end: Date | None = None

    def years(self) -> str:
        """The years of the job, such as `2019–2021` or `2021–`; empty where they are not known."""
        if self.start is None:
            return ""
        return f"{self.start.year}–{'' if self.end is None else self.end.year}"

    def shown(self) -> str:
        """The job in a few words."""
        at = f" at {quoted(self.employer)}" if self.employer else ""
        return f"{quoted(self.title) if self.title else 'a job without a title'}{at}"

    def order(self) -> tuple[int, int, str, str, str]:
        """What sorts jobs by time, the newest last, in the same way whatever order they came in."""
        first = self.start.begins() if self.start else -1
        last = -1 if self.start is None else self.end.ends() if self.end else 10**6
        return last, first, self.title, self.employer, str(self.start)


class Resume(msgspec.Struct, frozen=True):
    """What a résumé says; `kind` is the name of its format."""

    kind: str
    jobs: tuple[Job, ...] = ()
    skills: tuple[Mention, ...] = ()
    name: Mention | None = None
    headline: Mention | None = None


def dated(job: Job, start: Mention, end: Mention, days: Calendar, notes: Problems) -> Job:
    """The job with its dates, and without them where they cannot be; what is wrong with them is noted.

    An end after the present day is taken for that day itself.
    """
    consequence = f"so {job.shown()} is not counted as experience"
    dates: list[Date | None] = []
    for one in (start, end):
        is_open = days.is_open(one.text)
        dates.append(None if is_open else days.read(one.text))
        if dates[-1] is None and not is_open:
            text = f"{quoted(one.text)} is not a date such as 2022-10 or Oct 2022, {consequence}"
            notes.warn(one.where, "wrong-date", text)
            return job
    (first, last), as_of = dates, days.today
    if first is None:
        if last is not None:
            notes.warn(start.where, "missing-key", f"there is no start to the end {last}, {consequence}")
        return job
    if as_of.before(first):
        notes.warn(start.where, "future-date", f"{first} is after {as_of}, {consequence}")
        return job
    if last is not None and last.before(first):
        notes.warn(
            end.where, "ends-before-start", f"the end {last} is before the start {first}, {consequence}"
        )
        return job
    if last is not None and as_of.before(last):
        text = f"{last} is after {as_of}, so {job.shown()} is counted up to {as_of}"
        notes.warn(end.where, "future-date", text)
        last = None
    return msgspec.structs.replace(job, start=first, end=last)
