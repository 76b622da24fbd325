"""The whole knowledge base as one document.

In: a knowledge base. Out: Markdown in the order in which people read it, and the reading grade of every text that is for
readers. May import `workshop.scenarios`, `report` and what is below them.
"""
