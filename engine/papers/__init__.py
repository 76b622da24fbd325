"""Papers: documents made for people to read, whose text somebody wants: PDF, DOCX, ODT, HTML, Markdown, plain text.

In: bytes, all of them hostile. Out: lines with their place, in the order of reading, headings and entries of lists marked as in
Markdown. What unpacks or draws is parsed in a process of its own, whose time and memory are bounded. May import `documents`
and `problems`.
"""
