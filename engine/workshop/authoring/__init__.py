"""Help while writing: new rows from scaffolds, and schemas for editors.

In: a knowledge base's folder. Out: a row at the end of the right file, or JSON Schemas with this knowledge base's ids. May
import `workshop.scenarios`, `report` and what is below them.
"""
