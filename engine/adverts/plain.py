"""What advertisements ask for as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from trackfit.engine.adverts.advert import Advert
from trackfit.engine.adverts.demand import demand_of, places_of, tracks_by_advert
from trackfit.engine.adverts.standing import Standing


def as_plain(adverts: Sequence[Advert], standings: Sequence[Standing] | None, as_of: str) -> dict[str, Any]:
    """All of it; `standings` are those of one person, in the order of the advertisements."""
    return {
        "as_of": as_of,
        "ads": [
            {**_advert(advert), **({} if standings is None else _standing(standings[place]))}
            for place, advert in enumerate(adverts)
        ],
        "demand": demand_of(adverts),
        "tracks_by_ad": tracks_by_advert(adverts),
        "places": places_of(adverts),
    }


def _advert(advert: Advert) -> dict[str, Any]:
    years, pay = advert.years, advert.pay
    return {
        "file": advert.file,
        "title": advert.title,
        "place": advert.place or None,
        "date": advert.date or None,
        "seniority": advert.seniority,
        "skills": advert.skills,
        "years": None if years is None else {"low": years.low, "high": years.high},
        "years_line": None if years is None else years.line,
        "pay": None
        if pay is None
        else {"low": pay.low, "high": pay.high, "currency": pay.currency, "per": pay.per},
        "pay_line": None if pay is None else pay.line,
        "tracks": [{"track": one.track, "share": one.share} for one in advert.tracks],
        "nearest": advert.nearest,
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "held": standing.held,
        "missing": standing.missing,
        "learn_first": standing.learn_first,
        "put_first": [
            {"skill": one.asked.skill, "line": one.asked.line, "own": one.own} for one in standing.put_first
        ],
    }
