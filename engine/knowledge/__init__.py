"""From a folder of YAML to facts and a program.

In: the nodes of facts, rules and their tests. Out: `Facts` and a `Program` of ground rules in strata, and every problem
on the way. May import `language` and what is below it.
"""
