"""What an editor shows over each key of files of scenarios and statements."""

from __future__ import annotations

SCENARIO = {
    "name": "What is tried, as a sentence.",
    "case": "The answers of one person.",
    "expect": "What must follow for them, and what must not. Whatever is not named may follow or not.",
    "as_of": 'The day of the advice, in quotes, such as `"2026-11-22"`; otherwise the day on which it is tried.',
    "todo": "Why this scenario may fail for now.",
}

EXPECTED = {
    "first": "The track with rank 1; `none`: no track is recommended.",
    "recommended": "Tracks that must be among the recommendations.",
    "not_recommended": "Tracks that must not be among the recommendations.",
    "warned": "Warnings that must be given.",
    "not_warned": "Warnings that must not be given.",
    "concluded": "Attributes with the values that rules must conclude.",
    "not_concluded": "Attributes with values that rules must not conclude.",
    "fired": "Rules that must fire.",
    "not_fired": "Rules that must not fire.",
    "says": "Texts that must stand in the report.",
    "says_not": "Texts that must not stand in the report.",
}

STATEMENT = {
    "id": "Its name: small letters, digits and `_`.",
    "title": "What is claimed, as a sentence.",
    "where": "For everyone of whom this holds …",
    "then": "… this holds, too.",
}
