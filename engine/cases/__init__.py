"""One person's answers.

In: an answers file, or answers as they were typed. Out: a `Case`, each answer of its type, and every problem on the way.
May import `language` and what is below it.
"""
