"""An HRIS in one page: a token, a hire, a month of pay, a sick leave. Needs the client in contracts/python.

    .venv/bin/python examples/hris_client.py       with the platform of `make run`, and its demo client
    RELAIS_URL=… RELAIS_TOKEN=… python examples/hris_client.py

Three habits make it safe to send anything again after a broken connection, as the client does by itself: a hire carries
an Idempotency-Key kept with what it is for, as every operation does whose description asks for one; pay is PUT at its
month; a leave is known by its agent and dates, and told twice is there once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import httpx
from relais_client import Problem, Relais
from relais_client.models import HireRequest

URL = os.environ.get("RELAIS_URL", "http://127.0.0.1:8080")
EMPLOYER = "99985001900012"  # demo data: the accord of La Roche-sur-Yon gives no SIRET
MATRICULE = "EXEMPLE-1"


def token() -> str:
    """The demo client's token; a real HRIS posts its client id and secret to /oauth/token."""
    given = os.environ.get("RELAIS_TOKEN")
    if given:
        return given
    made = subprocess.run(["make", "-s", "token"], stdout=subprocess.PIPE, text=True, check=False)
    return made.stdout.strip() if made.returncode == 0 else sys.exit("Aucun jeton : la plateforme tourne-t-elle ?")


def main() -> None:
    with Relais(URL, token=token()) as relais:
        agent = relais.post_agents(hire(), idempotency_key=f"hire-{EMPLOYER}-{MATRICULE}").body["id"]
        print("agent", agent)
        relais.put_pay_of_employer_matricule_month(
            EMPLOYER, MATRICULE, "2026-01", {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
        )
        stop = relais.post_agent_leaves(agent, {"kind": "CMO", "start": "2026-02-02", "end": "2026-02-13"}).body
        print("arrêt", stop["id"])
        for period in relais.get_agent_affiliation(agent).body["periods"]:
            print(period["start"], period["end"] or "…", period["outcome"])


def hire() -> HireRequest:
    """A fictitious agent: department 00 does not exist."""
    return {
        "employer": EMPLOYER,
        "matricule": MATRICULE,
        "nir": "282070058286972",
        "last_name": "EXEMPLE",
        "first_name": "Camille",
        "birth_date": "1982-07-01",
        "employment": {
            "kind": "TITULAIRE",
            "start": "2025-09-01",
            "weekly_hours": "35.00",
            "category": "C",
            "service_start": "2005-09-01",
            "titular": True,
        },
    }


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except httpx.ConnectError:
            sys.exit(f"{URL} ne répond pas (make run, ou RELAIS_URL=… pour une autre adresse)")
        except httpx.TransportError:
            sys.exit(f"{URL} ne répond plus : rien n'est perdu, tout peut être renvoyé")
        except Problem as refused:  # why, in French, with a pointer to each field
            sys.exit(str(refused))
