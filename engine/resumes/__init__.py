"""Answers from what people already have: a résumé as a document, a JSON Resume file or a LinkedIn export.

In: a path to a file, a folder or a zip, all of it hostile. Out: answers, each with where it was read and how it was worked
out. May import `inference` and what is below it, and `papers`.
"""
