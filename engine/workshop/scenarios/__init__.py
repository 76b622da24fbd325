"""Cases that coaches write down, tried; and cases made for them.

In: scenario files, or a knowledge base. Out: what differs from what was expected, which conditions are tried, suggested
scenarios, and the space of answers that rules can tell apart. May import `report`, `proofs` and what is below them.
"""
