"""Answers from what people already have: a JSON Resume file or a LinkedIn data export.

Readers of each format give a `Resume`; `answers` makes answers of it by the knowledge base's own tables. What is read is
hostile until then: limits on size, depth and number, nothing unpacked, nothing executed, nothing written.
"""
