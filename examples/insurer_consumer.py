"""An insurer in one page: follow the facts of one's own lots, each handled once. Needs httpx.

    .venv/bin/python examples/insurer_consumer.py  with the platform of `make run`, and its demo insurer
    RELAIS_URL=… RELAIS_CLIENT=… RELAIS_SECRET=… python examples/insurer_consumer.py

The cursor is stored with the effect, in one file replaced whole; a database transaction does the same. A fact may come
twice, so its `id` is the key of its effect; unknown types and unknown fields are ignored, as more of them will come.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

URL = os.environ.get("RELAIS_URL", "http://127.0.0.1:8080")
STATE = Path(os.environ.get("RELAIS_STATE", "insurer-state.json"))
WAIT_SECONDS = 20


def token() -> str:
    """From one's own client and secret, or the demo insurer's."""
    if "RELAIS_SECRET" not in os.environ:
        command = [".venv/bin/relais", "token", "demo-insurer-a"]
        made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        return made.stdout.strip() if made.returncode == 0 else sys.exit("Aucun jeton : la plateforme tourne-t-elle ?")
    auth = (os.environ["RELAIS_CLIENT"], os.environ["RELAIS_SECRET"])
    answer = httpx.post(f"{URL}/oauth/token", data={"grant_type": "client_credentials"}, auth=auth)
    return str(answer.raise_for_status().json()["access_token"])


def handle(event: dict[str, Any], benefits: dict[str, str]) -> None:
    """The effect of one fact: here, what the benefit of each month amounts to, once decided and whenever adjusted."""
    if event["type"] in ("fr.psc.claims.benefit.decided.v1", "fr.psc.claims.benefit.adjusted.v1"):
        data = event["data"]
        benefits[f"{data['claim']} {data['month']}"] = data["benefit"]
        print(data["month"], data["benefit"], "€", data["claim"], flush=True)


def main() -> None:
    state = json.loads(STATE.read_text()) if STATE.exists() else {"cursor": None, "benefits": {}}
    headers = {"Authorization": f"Bearer {token()}"}
    with httpx.Client(base_url=URL, timeout=WAIT_SECONDS + 10) as client:
        while True:
            asked = {"wait": WAIT_SECONDS} | ({"after": state["cursor"]} if state["cursor"] else {})
            answer = client.get("/v1/events", params=asked, headers=headers)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                headers = {"Authorization": f"Bearer {token()}"}
                continue
            page = answer.raise_for_status().json()
            for event in page["events"]:
                handle(event, state["benefits"])
            state["cursor"] = page["next"]
            beside = STATE.with_suffix(".new")
            beside.write_text(json.dumps(state))
            beside.replace(STATE)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except httpx.TransportError:
            sys.exit(f"{URL} ne répond pas ; relancé, ce programme reprend où il en était")
        except httpx.HTTPStatusError as refused:
            problem = refused.response.json()
            sys.exit(f"{problem['status']} {problem['code']} : {problem['title']}")
