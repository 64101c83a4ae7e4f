"""An HRIS in one page: a token, a hire, a month of pay, a sick leave. Needs httpx.

    .venv/bin/python examples/hris_client.py       with the platform of `make run`, and its demo client
    RELAIS_URL=… RELAIS_TOKEN=… python examples/hris_client.py

Three habits make it safe to send anything again after a broken connection: a hire carries an Idempotency-Key kept with
what it is for, as every operation does whose description asks for one; pay is PUT at its month; a leave is known by its
agent and dates, and told twice is there once.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from typing import Any

import httpx

URL = os.environ.get("RELAIS_URL", "http://127.0.0.1:8080")
EMPLOYER = "99985001900012"  # demo data: the accord of La Roche-sur-Yon gives no SIRET
MATRICULE = "EXEMPLE-1"
RETRIES = 5
WORTH_RETRYING = {408, 409, 429, 500, 502, 503, 504}


def token() -> str:
    """The demo client's token; a real HRIS posts its client id and secret to /oauth/token."""
    given = os.environ.get("RELAIS_TOKEN")
    if given:
        return given
    made = subprocess.run(["make", "-s", "token"], stdout=subprocess.PIPE, text=True, check=False)
    return made.stdout.strip() if made.returncode == 0 else sys.exit("Aucun jeton : la plateforme tourne-t-elle ?")


def call(client: httpx.Client, method: str, path: str, body: object = None, key: str | None = None) -> Any:
    """Send, and send again what is worth it. A refusal says why, in French, with a pointer to the field."""
    headers = {"Idempotency-Key": key} if key else {}
    for attempt in range(RETRIES):
        try:
            answer = client.request(method, path, json=body, headers=headers)
        except httpx.ConnectError:
            sys.exit(f"{URL} ne répond pas (make run, ou RELAIS_URL=… pour une autre adresse)")
        except httpx.TransportError:
            time.sleep(2**attempt)
            continue
        if answer.status_code not in WORTH_RETRYING:
            break
        time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
    else:
        sys.exit(f"{URL} ne répond plus : rien n'est perdu, tout peut être renvoyé")
    if answer.is_error:
        problem = answer.json()
        fields = [f"  {error['pointer']} : {error['detail']}" for error in problem.get("errors", [])]
        sys.exit("\n".join([f"{answer.status_code} {problem['code']} : {problem['title']}", *fields]))
    return answer.json()


def main() -> None:
    with httpx.Client(base_url=URL, headers={"Authorization": f"Bearer {token()}"}, timeout=30) as client:
        agent = call(client, "POST", "/v1/agents", hire(), key=f"hire-{EMPLOYER}-{MATRICULE}")
        print("agent", agent["id"])
        call(
            client, "PUT", f"/v1/pay/{EMPLOYER}/{MATRICULE}/2026-01", {"tib": "2067.57", "nbi": "73.84", "ri": "300.00"}
        )
        leave = {"kind": "CMO", "start": "2026-02-02", "end": "2026-02-13"}
        stop = call(client, "POST", f"/v1/agents/{agent['id']}/leaves", leave)
        print("arrêt", stop["id"])
        cover = call(client, "GET", f"/v1/agents/{agent['id']}/affiliation")
        for period in cover["periods"]:
            print(period["start"], period["end"] or "…", period["outcome"])


def hire() -> dict[str, object]:
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
        main()
