"""Files and their text.

In: paths and bytes. Out: nodes, which are values with their line and column; files written in one step; what is kept
in the user's cache folder. May import `problems`.
"""
