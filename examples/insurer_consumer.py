"""An insurer in one page: follow the facts of one's own lots, each handled once. Needs httpx, or aiokafka over Kafka.

    .venv/bin/python examples/insurer_consumer.py  with the platform of `make run`, and its demo insurer
    RELAIS_URL=… RELAIS_CLIENT=… RELAIS_SECRET=… python examples/insurer_consumer.py
    RELAIS_KAFKA=host:port RELAIS_INSURER=demo-a …   the same facts from the insurer's topic, on brokers

How far one has read is stored with the effect, in one file replaced whole; a database transaction does the same. A fact
may come twice, so what it is about is the key of its effect; unknown types and unknown fields are ignored, as more of
them will come. The topic keeps facts for 90 days, the feed all of them: who is new, or was long away, reads the feed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

URL = os.environ.get("RELAIS_URL", "http://127.0.0.1:8080")
BROKERS = os.environ.get("RELAIS_KAFKA", "")
TOPIC = f"psc.partner.{os.environ.get('RELAIS_INSURER', 'demo-a')}.v1"
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


def keep(state: dict[str, Any]) -> None:
    """The effect and how far one has read, together or not at all."""
    beside = STATE.with_suffix(".new")
    beside.write_text(json.dumps(state))
    beside.replace(STATE)


def follow_feed(state: dict[str, Any]) -> None:
    """Page by page from the cursor; a request waits until there is something."""
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
            keep(state)


async def follow_topic(state: dict[str, Any]) -> None:
    """Batch by batch from the offsets, which are ours to keep: without a group, brokers are told nothing."""
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - who reads the feed does not need it
    from aiokafka.errors import KafkaError  # noqa: PLC0415

    offsets: dict[str, int] = state["offsets"]
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=BROKERS, auto_offset_reset="earliest", **login())
    try:
        await consumer.start()
        for partition in consumer.assignment():
            if str(partition.partition) in offsets:
                consumer.seek(partition, offsets[str(partition.partition)])
        while True:
            polled = await consumer.getmany(timeout_ms=WAIT_SECONDS * 1000)
            for partition, records in polled.items():
                for record in records:
                    handle(json.loads(record.value), state["benefits"])
                offsets[str(partition.partition)] = records[-1].offset + 1
            keep(state)
    except KafkaError as error:
        sys.exit(f"{BROKERS}, {TOPIC} : {error} ; relancé, ce programme reprend où il en était")
    finally:
        await consumer.stop()


def login() -> dict[str, Any]:
    """The user and password that brokers ask for; those of `make run` ask for none."""
    if "RELAIS_KAFKA_PASSWORD" not in os.environ:
        return {}
    user, password = os.environ["RELAIS_KAFKA_USER"], os.environ["RELAIS_KAFKA_PASSWORD"]
    who = {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": user, "sasl_plain_password": password}
    return who | {"security_protocol": "SASL_SSL", "ssl_context": ssl.create_default_context()}


def main() -> None:
    state: dict[str, Any] = {"cursor": None, "offsets": {}, "benefits": {}}
    state |= json.loads(STATE.read_text()) if STATE.exists() else {}
    if BROKERS:
        asyncio.run(follow_topic(state))
    else:
        follow_feed(state)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        try:
            main()
        except httpx.TransportError:
            sys.exit(f"{URL} ne répond pas ; relancé, ce programme reprend où il en était")
        except httpx.HTTPStatusError as refused:
            problem = refused.response.json()
            sys.exit(f"{problem['status']} {problem['code']} : {problem['title']}")
