"""Every fault of a knowledge base.

In: a folder. Out: problems: of documents, of rules taken together, of templates, of what is declared and never used; and
the certain ones mended. May import `workshop.scenarios`, `report`, `proofs` and what is below them.
"""
