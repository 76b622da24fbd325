"""The files of a cohort.

In: CSV, JSON lines or Parquet, in whatever state. Out: parts of raw cells with their headings; and files of advice. May
import `cases` and what is below it.
"""
