"""What follows from a case.

In: a knowledge base and a case. Out: a `Consultation`: what was concluded, by which rules, and the tracks in their order.
The two engines are here. May import `knowledge`, `cases` and what is below them.
"""
