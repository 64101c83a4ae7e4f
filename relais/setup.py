"""Makes what containers need before they start: roles, databases, migrations, clients. `python -m relais.setup`.

Reads RELAIS_ADMIN_DSN, RELAIS_CREDENTIALS (both written by `relais secrets`) and, for Kafka, RELAIS_KAFKA_BOOTSTRAP.
Twice is as good as once: it runs at each start of docker-compose.yml.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping

from deploy.kafka.topics import create, declared
from kit.clock import SystemClock
from kit.db.database import Database
from kit.db.provision import component_url
from kit.settings import COMPONENTS
from relais.clients import house_clients, register
from relais.credentials import Credentials
from relais.databases import bring_up
from relais.screen import Screen

# docker-compose.yml runs one broker: a copy is all there is.
ONE_NODE = 1


async def set_up(environment: Mapping[str, str], screen: Screen) -> None:
    """Bring every database up, and register the clients in the gateway's."""
    admin_dsn = environment["RELAIS_ADMIN_DSN"]
    credentials = Credentials(**json.loads(environment["RELAIS_CREDENTIALS"]))
    for component in COMPONENTS:
        with screen.step(f"base {component}"):
            await bring_up(admin_dsn, component, credentials)
    database = Database(component_url(admin_dsn, "gateway", "api", credentials.databases["gateway"]["api"]))
    try:
        with screen.step("clients"):
            await register(database, house_clients(), credentials, SystemClock())
    finally:
        await database.close()
    bootstrap = environment.get("RELAIS_KAFKA_BOOTSTRAP")
    if bootstrap:
        with screen.step("sujets Kafka"):
            await create(bootstrap, declared(), replication=ONE_NODE)


if __name__ == "__main__":
    asyncio.run(set_up(os.environ, Screen()))
