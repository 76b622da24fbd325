"""The table reader: rules as expressions over columns.

In: a knowledge base, and an Ibis table with a row a person. Out: the same advice that `consult` gives, as columns. May
import `cohort.files`, `workshop.diff` and what is below them.
"""
