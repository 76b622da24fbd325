"""What an edit changes.

In: two knowledge bases. Out: whose advice differs and by which rule, and what is written differently. May import
`workshop.scenarios`, `report` and what is below them.
"""
