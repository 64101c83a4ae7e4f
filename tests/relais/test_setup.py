"""What containers start with: databases, migrations and clients, made from the files that `relais secrets` writes."""

from __future__ import annotations

from pathlib import Path

import asyncpg
from rich.console import Console

from kit.settings import COMPONENTS
from relais import compose
from relais.credentials import Credentials, service_client
from relais.databases import behind
from relais.home import Home
from relais.postgres import THROWAWAY, EmbeddedPostgres
from relais.screen import Screen
from relais.setup import set_up


async def test_setup_makes_what_containers_need_and_makes_it_once(tmp_path: Path) -> None:
    compose.write(tmp_path)
    given = dict(line.split("=", 1) for line in (tmp_path / "setup.env").read_text().splitlines())
    with EmbeddedPostgres(tmp_path / "postgres", settings=THROWAWAY) as server, (tmp_path / "words").open("w") as words:
        environment = given | {"RELAIS_ADMIN_DSN": server.admin_dsn}
        for _ in range(2):
            await set_up(environment, Screen(Console(file=words)))
        assert await behind(server.admin_dsn, Credentials.of(Home(tmp_path))) == []
        gateway = await asyncpg.connect(server.admin_dsn, database="relais_gateway")
        names = [row["id"] for row in await gateway.fetch("SELECT id FROM client ORDER BY id")]
        await gateway.close()
    assert names == sorted(["demo-staff", *map(service_client, COMPONENTS)])
