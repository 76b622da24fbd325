"""Static pages that run this engine in the reader's own browser.

In: a knowledge base, and the WebAssembly runtime as npm and PyPI hand it out. Out: a folder for any static host, and in
the browser's worker the conversation of one reader. It speaks to no network. May import `report`, `interview`, `resumes`
and what is below them.
"""
