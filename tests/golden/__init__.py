"""Golden cases: questions and the answers the sources give them, in YAML that a lawyer can read and write.

`cases/<what>.yaml` is a list of cases, each with a `name` and its `source` (rows of the rulebook, articles of the
accord, the simulation API). A request to the platform has the simulation it is `post`ed to, its `body`, and what to
`expect`: a subset of the answer (an object's keys, a list item by item, `{contains: [...]}` any order), with a `status`
when it is not 200; `test_golden.py` asks them all. A file of other questions is read by the tests of the domain that
answers them (`read`). `sources.yaml` lists what the sources say, and every line of it is cited by a case.
"""
