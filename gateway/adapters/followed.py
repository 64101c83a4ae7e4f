"""Whose events a client's feed carries, in SQL: what stands here once is said of many clients in one statement."""

from __future__ import annotations

from typing import Final

# The employers of a row `c` of client that is neither an insurer's nor everybody's: its own, those of its département,
# and those that delegate their events to it on day `:today` (gateway/domain/delegations.py, FOLLOWS). Whoever looks for
# events looks employer by employer (LATERAL … LIMIT): the planner would else walk through those of all employers.
FOLLOWED: Final = """
    SELECT unnest(c.employers) AS employer
    UNION SELECT d.employer FROM employer_department AS d
           WHERE c.department IS NOT NULL AND d.department = c.department
    UNION SELECT g.employer FROM delegation AS g
     WHERE (g.kind, g.delegate) IN (('CLIENT', c.id), ('DEPARTMENT', c.department))
       AND g.revoked_at IS NULL AND g.first <= :today AND g.last >= :today
       AND 'events:read' = ANY (g.scopes) AND 'events:read' = ANY (c.scopes)
"""
