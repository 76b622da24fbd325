"""The words of a knowledge base: its records, conditions and operators, and how they read.

In: plain values. Out: the records of `model`, condition trees, and plain English, Markdown and formatted numbers made
of them. Nothing here knows a file or a case. May import `documents` and `problems`.
"""
