"""Why, why not, and what would be different.

In: a consultation. Out: values: justifications, rules that did not fire and what they wanted, other answers and what they
would change. May import `inference` and what is below it.
"""
