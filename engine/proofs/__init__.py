"""Statements about every possible person.

In: a knowledge base, and a statement or a case. Out: proved, refuted with a case, or undecided; the smallest change of
answers that changes the advice. Only here is the solver known. May import `inference` and what is below it.
"""
