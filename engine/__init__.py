"""The program: everything between a folder of YAML and a rendered advice report. This page is its map.

The flow, one person's advice:

    files -> documents -> knowledge -+
                          cases -----+-> inference -> explanation -> report

The wings use the flow, never the other way round: `interview`, `resumes`, `adverts` (job advertisements),
`proofs`, `workshop` (what coaches work with), `cohort` and `site` (pages for a browser). Below all stand `problems`,
`language` and `papers` (the text of PDF and the like). Imports point down this list only:

    cohort, site
    workshop       check, scenarios, diff, authoring, handbook
    interview, proofs, resumes, adverts
    report
    explanation
    inference
    knowledge, cases
    language
    papers
    documents
    problems

Each room says in its own `__init__` what happens in it, what comes in, what goes out and what it may import.
docs/architecture.md walks one case through them.
"""
