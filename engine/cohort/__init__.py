"""Advice for whole cohorts.

In: a file of people. Out: a folder with the advice of each row, what was refused, and a summary. May import
`workshop.diff`, `report` and what is below them.
"""
