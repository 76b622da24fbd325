"""What a person reads.

In: a consultation and its explanation. Out: the report as Markdown, page, JSON or figures, and whether a report is one of
ours. Only here is Jinja known. May import `explanation` and what is below it.
"""
