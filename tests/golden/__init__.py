"""Golden cases: requests and the answers the rulebook gives them, in YAML that a lawyer can read and write.

A case has a `name`, its `source` (a row of the rulebook, an article of the accord, a rule of the simulation API), the
simulation it is `post`ed to, its `body`, and what to `expect`: a subset of the answer (an object's keys, a list item by
item, `{contains: [...]}` any order), with a `status` when it is not 200.
"""
