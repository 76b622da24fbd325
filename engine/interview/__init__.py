"""The questions, one after the other.

In: what a person types. Out: the next thing to show, and in the end a case. It prints nothing: the faces are in
`commands/terminal`. May import `report` and what is below it.
"""
