"""What job advertisements ask for: the skills, the years, the pay, the nearest track; and the demand over many of them.

In: the text of advertisements, all of it hostile, and perhaps a case. Out: values with their lines, and Markdown, a page or
rows of figures made of them. Rules and word lists only. May import `report` and what is below it, and `papers`.
"""
