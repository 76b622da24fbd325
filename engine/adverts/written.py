"""What advertisements ask for as Markdown for people: one in full, or the demand over many of them and each in a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trackfit.engine.adverts.advert import Advert, Pay, Years
from trackfit.engine.adverts.demand import demand_of, places_of, tracks_by_advert
from trackfit.engine.adverts.standing import Standing
from trackfit.engine.inference.base import KnowledgeBase
from trackfit.engine.language.formats import listing, percent
from trackfit.engine.language.markdown import Ready, Typed, code, escape
from trackfit.engine.language.model import sign_of

MOST_ROWS = 40
"""Skills in the table of demand; all of them are in the JSON."""


def to_markdown(
    adverts: Sequence[Advert], standings: Sequence[Standing] | None, kb: KnowledgeBase, as_of: str
) -> str:
    """One advertisement in full; of several the demand first; `standings` are those of one person, in the same order."""
    if len(adverts) == 1:
        lines = list(_one(adverts[0], None if standings is None else standings[0], kb))
    else:
        lines = list(_many(adverts, standings, kb, as_of))
    return "\n".join([*lines, ""])


def _one(advert: Advert, standing: Standing | None, kb: KnowledgeBase) -> Iterator[str]:
    yield f"# {_typed(advert.title or 'A job advertisement')}"
    yield ""
    yield f"{_about(advert, kb)}."
    yield ""
    yield _nearest(advert, kb)
    if standing is not None:
        yield from _standing(advert, standing, kb)
    yield from ("", "## What it asks for", "")
    if not advert.skills:
        yield "No skill that the vocabulary knows."
        return
    yield "| Skill | In the text | Line | Asked for |"
    yield "| --- | --- | --- | --- |"
    for one in advert.skills:
        name = escape(kb.facts.skills[one.skill].name)
        yield f"| {name} | {_typed(one.text)} | {one.line} | {'wished for' if one.wished else 'required'} |"
    yield from ("", "## How near each track is", "")
    yield "| Track | Of its list asked for | Share |"
    yield "| --- | --- | --- |"
    for track in advert.tracks:
        whole = len(kb.facts.tracks[track.track].skills)
        names = ", ".join(kb.facts.skills[one].name for one in track.asked) or "nothing"
        yield f"| {escape(kb.facts.tracks[track.track].name)} | {escape(names)} | {percent(len(track.asked), whole)} |"


def _about(advert: Advert, kb: KnowledgeBase) -> str:
    """The file, the place, the seniority, the years and the pay, as far as the text tells."""
    told = [
        code(advert.file),
        *([_typed(advert.place)] if advert.place else []),
        f"seniority: {advert.seniority}" if advert.seniority else "seniority not told",
        _years(advert.years),
        _pay(advert.pay, kb),
    ]
    return " · ".join(told)


def _years(years: Years | None) -> str:
    if years is None:
        return "years of experience not told"
    span = (
        f"{years.low} to {years.high}"
        if years.high is not None and years.high != years.low
        else f"{years.low}"
    )
    more = " or more" if years.high is None else ""
    return f"{span}{more} years of experience (line {years.line})"


def _pay(pay: Pay | None, kb: KnowledgeBase) -> str:
    if pay is None:
        return "pay not told"
    sign = (
        sign_of(kb.facts, pay.currency) if pay.currency in kb.facts.currencies else f"{pay.currency.upper()} "
    )
    sums = [f"{sign}{one:,.2f}".removesuffix(".00") for one in dict.fromkeys((pay.low, pay.high))]
    per = (
        f" a {pay.per}"
        if pay.per and pay.per != "hour"
        else " an hour"
        if pay.per
        else ", for how long is not told"
    )
    return f"{escape('–'.join(sums))}{per} (line {pay.line})"


def _nearest(advert: Advert, kb: KnowledgeBase) -> str:
    if advert.nearest is None:
        return "It asks for nothing on the list of any track."
    track, first = kb.facts.tracks[advert.nearest], advert.tracks[0]
    alike = [kb.facts.tracks[one.track].name for one in advert.tracks[1:] if one.share == first.share]
    tie = f" {listing(alike)} {'is' if len(alike) == 1 else 'are'} just as near." if alike else ""
    share = percent(len(first.asked), len(track.skills))
    return (
        f"Nearest track: **{escape(track.name)}**. The advertisement asks for {len(first.asked)} of the "
        f"{len(track.skills)} skills on its list ({share}).{escape(tie)}"
    )


def _standing(advert: Advert, standing: Standing, kb: KnowledgeBase) -> Iterator[str]:
    names = {id_: row.name for id_, row in kb.facts.skills.items()}
    wished = {one.skill for one in advert.skills if one.wished}
    yield from ("", "## Where you stand", "")
    yield f"You hold {len(standing.held)} of the {len(advert.skills)} skills that it asks for."
    for title, ids in (("You hold", standing.held), ("You lack", standing.missing)):
        if ids:
            told = ", ".join(f"{names[id_]} (wished for)" if id_ in wished else names[id_] for id_ in ids)
            yield from ("", f"**{title}:** {escape(told)}")
    yield from _what_to_do(standing, names)


def _what_to_do(standing: Standing, names: Mapping[str, str]) -> Iterator[str]:
    """What to learn first, and what to put first in a CV."""
    if standing.learn_first:
        yield from ("", "### What to learn first", "")
        for number, one in enumerate(standing.learn_first, 1):
            why = f", which comes before {names[one.before]}" if one.before else ""
            yield f"{number}. {escape(names[one.skill] + why)}"
    if standing.put_first:
        yield from ("", "### What to put first in your CV", "")
        for shown in standing.put_first:
            asked = shown.asked
            counts = [names[id_] for id_ in shown.own] if asked.skill not in shown.own else []
            yours = f" You hold {listing(counts)}, which counts as it." if counts else ""
            place = f"in the advertisement “{_typed(asked.text)}” (line {asked.line})"
            yield f"- {escape(names[asked.skill])}: {place}.{yours and ' ' + escape(yours)}"


def _many(
    adverts: Sequence[Advert], standings: Sequence[Standing] | None, kb: KnowledgeBase, as_of: str
) -> Iterator[str]:
    number = len(adverts)
    places = places_of(adverts)
    yield f"# {number:,} job advertisements"
    yield ""
    yield f"Read on {as_of}. Places: {_typed('; '.join(places[:12])) if places else 'not told'}."
    yield from ("", "## What they ask for", "")
    rows = demand_of(adverts)
    yield "| Skill | Advertisements | Share |"
    yield "| --- | --- | --- |"
    for one in rows[:MOST_ROWS]:
        yield f"| {escape(kb.facts.skills[one.skill].name)} | {one.ads:,} | {percent(one.ads, number)} |"
    if len(rows) > MOST_ROWS:
        yield from ("", f"And {len(rows) - MOST_ROWS:,} more, each in {rows[MOST_ROWS].ads:,} or fewer.")
    yield from ("", "## Tracks by advertisement", "")
    yield "| Nearest track | Advertisements | Share |"
    yield "| --- | --- | --- |"
    for track in tracks_by_advert(adverts):
        name = "none" if track.track is None else kb.facts.tracks[track.track].name
        yield f"| {escape(name)} | {track.ads:,} | {percent(track.ads, number)} |"
    yield from ("", "## Each advertisement", "")
    yield f"| Advertisement | Nearest track | Of its list | Years | Pay |{' You hold | You lack |' if standings else ''}"
    yield f"| --- | --- | --- | --- | --- |{' --- | --- |' if standings else ''}"
    for place, advert in enumerate(adverts):
        held = f" {len(standings[place].held)} | {len(standings[place].missing)} |" if standings else ""
        yield _row(advert, kb) + held


def _row(advert: Advert, kb: KnowledgeBase) -> str:
    name = "none" if advert.nearest is None else kb.facts.tracks[advert.nearest].name
    share = (
        percent(len(advert.tracks[0].asked), len(kb.facts.tracks[advert.nearest].skills))
        if advert.nearest
        else "–"
    )
    title = f"{advert.title} ({advert.file})" if advert.title else advert.file
    years = "–" if advert.years is None else _years(advert.years).partition(" years")[0]
    pay = "–" if advert.pay is None else _pay(advert.pay, kb).partition(" (line")[0]
    return f"| {_typed(title)} | {escape(name)} | {share} | {years} | {pay} |"


def _typed(text: str) -> Ready:
    """What an advertisement says, as it may stand in a report."""
    return escape(Typed(text))
