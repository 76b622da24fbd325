"""One fault and how it is told.

In: a place, an id, a text. Out: `Problem`, and the exceptions that carry problems. Imports no other room.
"""
