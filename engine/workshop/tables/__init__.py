"""Facts tables as spreadsheets and back: cells of rows, and what an edited sheet changes in the text of the file.

May import `knowledge` and what is below it.
"""
