"""A typed client of Relais: a method for each operation of the API, and the types of what is sent and answered.

    from relais_client import Relais

    with Relais("http://127.0.0.1:8080", client="demo-hris", secret="…") as relais:
        agent = relais.post_agents({"employer": "99985001900012", …}, idempotency_key="hire-M1").body
        relais.post_agent_leaves(agent["id"], {"kind": "CMO", "start": "2026-02-02", "end": …})

A method is called after its operation: `PATCH /v1/agents/{agent}/leaves/{leave}` is `patch_agent_leave`, and
`PUT /v1/pay/{employer}/{matricule}/{month}` is `put_pay_of_employer_matricule_month`. Types are in
`relais_client.models`, as dictionaries: nothing is converted, an amount is the text that was sent.
"""

from relais_client.client import Relais
from relais_client.transport import Answer, Problem

__all__ = ["Answer", "Problem", "Relais"]
