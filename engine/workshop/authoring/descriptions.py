"""What an editor shows over each key of a knowledge base's files: by table, then by the key's path in a row."""

from __future__ import annotations

TABLES = {
    "sources": "Who published a number, and what they leave unsaid.",
    "figures": "Numbers, each with its unit, date and source. A figure has either a `value` or is `derived`.",
    "tracks": "The kinds of job that the advice chooses between.",
    "backgrounds": "Where people come from. The interview offers them in the order of `order`.",
    "routes": "What a source says about the way from a background to a track.",
    "skills": "The vocabulary of skills, with the ways in which people write them.",
    "ambiguous": "Texts that may mean more than one skill. The interview asks which one is meant.",
    "resources": "Where skills can be learned. The plan shows one or two a skill.",
    "titles": "What words of a job title tell of a person, for `trackfit import`. The longest that a title has decide.",
    "warnings": "The kinds of warning that rules may give, with the heading that the reader sees.",
    "attributes": "What can be known about a person: it is asked, measured or concluded.",
    "rules": "When something is known of a person, then something follows. Their order changes nothing.",
}

KEYS: dict[str, dict[str, str]] = {
    "sources": {
        "id": "Its id.",
        "publisher": "Who published it.",
        "title": "What it is called.",
        "date": 'When, in quotes: `"2026"`, `"2025-Q3"`, `"2026-04"` or `"2026-04-28"`.',
        "address": "Where its page is: `https://…`. Never write one that you have not seen.",
        "standing": (
            "How far it knows what it says: `first_hand` if it counted or asked itself, `one_author` if it is the "
            "judgement of one author, `ours` for a choice of our own. Left out with `quoted_in`."
        ),
        "quoted_in": "The source in which we read it, if we did not read it ourselves.",
        "place": "The place that it speaks of, if it says so.",
        "period": "The time that it speaks of, if that is not its date.",
        "method": "How it found out, if it says so.",
        "sample": "Figures that say how much it looked at.",
        "checked": "The day on which someone last saw its page.",
        "how": (
            "How they saw it: `opened` (the address itself), `page_copy` (a stored copy of the page), "
            "`publisher_repository` (the publisher's own repository holds or links it), or `cited` (it stands, with "
            "this title, in several public repositories)."
        ),
        "does_not_state": "What a careful reader would want to know, and cannot find there. Printed in the report.",
    },
    "figures": {
        "id": "Its id. Texts quote it as `{{ figure.its_id }}`.",
        "about": "What it measures, as a phrase that fits into a sentence.",
        "value": "One number, or a range `[low, high]`.",
        "derived": "Instead of a value: how it is worked out.",
        "derived.difference": "Two figures that are single numbers; the second is taken from the first.",
        "open_ended": '`true` if the source says "and up".',
        "approximate": '`true` if the source says "about".',
        "unit": "What the number counts; it decides how reports print it.",
        "basis": "For `usd_per_year`, and then always: `base`, `total`, or `not_stated` if the source does not say.",
        "track": "The track it is about.",
        "family": "For a track with families: which of them.",
        "level": "`entry`, `mid`, `senior`, `staff` or `lead`.",
        "years": (
            "Years of experience that a salary band covers: `[6, 9]`, or `[10, null]` if it has no upper end. "
            "Left out if the source gives none."
        ),
        "skill": "The skill it is about.",
        "as_of": "When the number held, written like a source's date. Required with a `value`.",
        "review_by": (
            'The day by which a coach looks at it again: `"2027-04-30"`. After it, reports call the figure out of date.'
        ),
        "sources": "The ids of its sources. Required with a `value`.",
        "where": "Where in the source it stands.",
        "earlier": "What it was before, the newest first; advice for an earlier day (`--as-of`) quotes that.",
        "earlier.value": "The number or range that it was.",
        "earlier.open_ended": '`true` if the source said "and up".',
        "earlier.approximate": '`true` if the source said "about".',
        "earlier.as_of": "When that held. The day on which it began to count is the first of that year, quarter or month.",
        "earlier.review_by": "The day by which it had to be looked at again.",
        "earlier.sources": "The ids of its sources.",
        "earlier.where": "Where in the source it stood.",
    },
    "tracks": {
        "id": "Its id.",
        "name": "The track's name.",
        "role": "What a person in it is called.",
        "feeder": "The background that most often leads here.",
        "daily_work": "What the days are like, one line each.",
        "skills": "What it asks for, the most wanted first. The overlap with a person is measured on this list.",
        "skills.skill": "The skill.",
        "skills.demand": "Figures that say how much it is asked for.",
        "skills.family": "The family that asks for it.",
        "families": "The kinds of job in it, if there are several.",
        "families.id": "The family's id, known within this track.",
        "families.name": "Its name.",
        "families.daily_work": "What the days are like in this family.",
        "growth": "Figures about the growth of the track as a whole.",
        "averages": "Salary figures that are no bands: averages, and medians of single companies.",
        "milestones": "What can be reached on the way, for the plan; which comes first follows from the skills.",
        "milestones.skills": "The skills it takes.",
        "milestones.outcome": "What exists then, so that another person can check it.",
    },
    "backgrounds": {
        "id": "Its id, as answers files name it.",
        "name": "What the interview shows.",
        "description": "One sentence to recognize oneself in.",
        "order": "Its place in the interview, lowest first.",
    },
    "routes": {
        "id": "Its id.",
        "background": "Where it starts.",
        "track": "Where it leads.",
        "standing": "`recommended`, or `priced` if the source gives the months and advises against it.",
        "years_from": "A figure in `years`: for people with fewer, the source does not give this route.",
        "timeline": "A figure in `months`.",
        "transfer": "A figure in `percent_of_stack`: how much carries over.",
        "carries_over": "Skills that people from this background usually bring. May be empty: `[]`.",
        "gap": "Skills to learn. The plan puts the most wanted first, and before each what it `needs`.",
        "math": "Whether it asks for mathematics: `none`, `required`, or `not_stated`.",
        "note": "What is special about it, in a sentence or two.",
        "stages": "How the source splits the months; left out if it does not.",
        "stages.months": "A figure in `month_of_plan`.",
        "stages.skills": "The skills this stage is for.",
        "stages.outcome": "What exists at its end, so that another person can check it.",
    },
    "skills": {
        "id": "Its id.",
        "name": "What readers see.",
        "kind": "`language`, `framework`, `data`, `cloud`, `infrastructure`, `ml`, `llm`, `practice` or `leadership`.",
        "aliases": "Other ways to type it. Capitals, spaces and punctuation do not matter, except for `+` and `#`.",
        "counts_as": "Broader skills that anyone who holds this one surely holds too.",
        "needs": "Skills to learn first.",
    },
    "ambiguous": {
        "id": "The text, such as `tf`.",
        "may_mean": "The skills it may stand for, at least two.",
    },
    "resources": {
        "id": "Its id.",
        "skills": "The skills that it teaches, the main one first.",
        "title": "What it is called.",
        "publisher": "Who published it.",
        "address": "Where it is: `https://…`. Never write one that you have not seen.",
        "kind": "`documentation` (by those who make the thing), `tutorial`, `course`, `book`, `article` or `repository`.",
        "free": "Whether it costs nothing. Left out where you do not know.",
        "hours": "How many hours it takes, only where the publisher says so.",
        "checked": "The day on which someone last saw it.",
        "how": "How they saw it: `opened`, `page_copy`, `publisher_repository` or `cited`, as for sources.",
        "review_by": "The day by which someone looks again.",
    },
    "titles": {
        "id": "Its id.",
        "words": "Words, each as they stand in titles. Capitals, spaces and punctuation do not matter, except for `+` and `#`.",
        "background": "The background of people with such a title.",
        "not_counted": "Instead of a background: `true` if such a job is not counted as experience, as an internship is not.",
    },
    "warnings": {
        "id": "Its id. Other programs rely on it, so it is never changed.",
        "title": "The heading in the report.",
    },
    "attributes": {
        "id": "Its id, as rules and answers files name it.",
        "label": "How reports and messages name it inside a sentence.",
        "type": "`choice`, `whole_number`, `money`, `yes_no`, `set` or `text`. No rule may look at a text.",
        "choices": "For a choice or a set, and then always: a table (`backgrounds`, `tracks` or `skills`), or a list.",
        "choices.id": "The id of a choice.",
        "choices.name": "What readers see.",
        "also": "Further choices beside those of a table.",
        "also.id": "The id of a choice.",
        "also.name": "What readers see.",
        "range": "For a whole number or money, and then always: the lowest and the highest value.",
        "default": "What is assumed if the question is left open …",
        "default_with": "… and this other question was answered.",
        "asked": "How the interview asks for it.",
        "asked.order": "Its place, lowest first.",
        "asked.question": 'The question. Word a yes/no question so that "yes" means that the label is true.',
        "asked.help": "What is shown to someone who types `?`.",
        "asked.examples": "Answers as people may type them.",
        "asked.required": "`true` for the one question that must be answered.",
        "asked.only_if": "A condition on other answers: whom to ask.",
        "asked.change": "How hard it is to give another answer, weighed against the other answers.",
        "asked.change.cost": "For another value, each `step` of a number, or each element of a set newly held.",
        "asked.change.open": "For answering what was left open.",
        "asked.change.step": "How much of a number counts as one step.",
        "asked.change.only_up": "`true` if the number can only grow, or only a later choice be taken.",
        "asked.change.never": "`true` if it cannot change.",
        "measured": "The measure that works it out, from the answers and the figures.",
        "concluded": "`true` if rules conclude it.",
        "of": "`tracks`, if it has one value for each track. Rules then write `percent_held of mlops`.",
    },
    "rules": {
        "id": "Its name: small letters, digits and `_`. Never changed once published; reports and tests name it.",
        "title": "One line that says what it is about. Readers see it when they ask why.",
        "reviewed": "The day on which a coach last looked at it, in quotes.",
        "salience": (
            "Of two rules, the one with the higher number is shown first. It never changes what is concluded."
        ),
        "for_each": (
            "One rule for every row of a table, as in `{route: routes}`. The name on the left then stands for the row, "
            "and `route.track` for what the row has in that column."
        ),
        "when": "The condition. All its lines must hold; a question that was left open is neither yes nor no.",
        "then": "The consequence: exactly one of conclude, recommend, warn, advise and plan.",
        "then.conclude": (
            "Gives an attribute a value, for later rules to test. It is declared as `concluded` in "
            "`facts/attributes.yaml`; a set grows by one element a rule."
        ),
        "then.recommend": "Puts a track among the recommendations. It needs a `basis`.",
        "then.basis": (
            "`sourced_route`, with the `route` that a source gives, or `skill_overlap`, which has no number of months."
        ),
        "then.route": "With `basis: sourced_route`: which route.",
        "then.warn": "Warns of a mistake, declared in `facts/warnings.yaml`. It needs a `severity` and a text, `says`.",
        "then.severity": "How bad it is.",
        "then.advise": "Adds a remark to a section of the report. It needs a text, `says`.",
        "then.plan": "Puts the months and stages of a route into the plan.",
        "then.says": (
            "What the reader sees. `{{ figure.its_id }}` prints a figure with its source, `{{ case.target_track }}` an "
            "answer, `{{ route.track.name }}` something of the row. A number never stands in the text itself."
        ),
    },
}

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
