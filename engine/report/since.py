"""What templates see of what has moved since other answers of the same person."""

from __future__ import annotations

from trackfit.engine.explanation.progress import progress
from trackfit.engine.inference.consult import Consultation
from trackfit.engine.language import formats
from trackfit.engine.language.attributes import BACKGROUND, DONE
from trackfit.engine.language.columns import Record
from trackfit.engine.report.book import Book
from trackfit.engine.report.tracks import TrackView


class MovedAnswer(Record, frozen=True):
    """An answer that is another than it was."""

    label: str
    """What was asked about."""
    then: str
    """What was answered then, in words."""
    now: str
    """What is answered now."""


class TrackThen(Record, frozen=True):
    """How a track stood with the earlier answers."""

    track: TrackView
    """The track, as it stands now."""
    missing: list[str]
    """Names of the skills that were missing then."""
    place: int
    """Its place then: 1 was the smallest gap."""
    closed: list[str]
    """Names of the skills that were missing then and are not now."""
    opened: list[str]
    """Names of the skills that are missing now and were not then."""


class Since(Record, frozen=True):
    """What has moved since other answers of the same person; both sides are judged by today's rules and figures."""

    learned: list[str]
    """Names of the skills that were named since."""
    forgotten: list[str]
    """Names of the skills that were named then and are not now."""
    done: list[str]
    """What exists now: the outcomes of the milestones that were ticked since."""
    undone: list[str]
    """The outcomes of those that were ticked then and are not now."""
    background_then: str
    """Where the person came from then, with its article, where that is another now; otherwise empty."""
    changed: list[MovedAnswer]
    """Other answers that are not as they were, but the background."""
    tracks: list[TrackThen]
    """The nearest now and the nearest then, and every track whose gap or place is another; nearest now first."""
    nothing: bool
    """Whether nothing at all has moved."""


def since(book: Book, then: Consultation) -> Since:
    """What has moved since an earlier consultation."""
    found = progress(then, book.consultation)
    before = Book(then)
    return Since(
        learned=book.skills(found.learned),
        forgotten=book.skills(found.forgotten),
        done=[book.wording.value(DONE, one) for one in found.done],
        undone=[book.wording.value(DONE, one) for one in found.undone],
        background_then=formats.with_article(before.answer(BACKGROUND)) if found.background_changed else "",
        changed=[
            MovedAnswer(label=book.wording.label(key), then=before.answer(key), now=book.answer(key))
            for key in found.answers
            if key != BACKGROUND
        ],
        tracks=[
            TrackThen(
                track=book.track(one.now.track),
                missing=book.skills(one.then.missing),
                place=one.then.place,
                closed=book.skills(skill for skill in one.then.missing if skill not in one.now.missing),
                opened=book.skills(skill for skill in one.now.missing if skill not in one.then.missing),
            )
            for one in found.tracks
        ],
        nothing=found.is_empty,
    )
