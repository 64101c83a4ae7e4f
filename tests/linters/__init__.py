"""The rules of the house that no ready-made linter knows. `python -m tests.linters` prints file:line and exits 1.

A finding that is right where it stands is let through by a comment on its line: `# lint(<rule>) because <reason>`.
A comment that lets nothing through is a finding too.
"""
