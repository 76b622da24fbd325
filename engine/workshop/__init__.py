"""What coaches work with while they write.

`check` finds faults, `scenarios` tries cases, `diff` tells what an edit changes, `authoring` starts rows and serves
editors, `handbook` prints the whole. May import `report`, `proofs` and what is below them; `check` and `diff` may use
`scenarios`.
"""
