"""The Python client that outsiders install: a method for each operation, asked of the platform; its patience."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from inspect import getmembers, isfunction
from threading import Thread
from typing import Any, ClassVar

import httpx
import pytest
from relais_client import Problem, Relais
from relais_client.models import HireRequest
from relais_client.transport import Transport

from relais.contracts import FOLDER, OPENAPI
from relais.demo.world import CITY
from relais.ports import free_port
from tests.operations import operations
from tests.platform import TestPlatform


def hired(matricule: str) -> HireRequest:
    return {
        "employer": CITY,
        "matricule": matricule,
        "nir": "282070058286972",
        "last_name": "CLIENT",
        "first_name": "Camille",
        "birth_date": "1982-07-01",
        "employment": {"kind": "TITULAIRE", "start": "2025-09-01", "weekly_hours": "35.00", "category": "C"},
    }


def test_every_operation_has_a_method() -> None:
    own = {name for name, _ in getmembers(Relais, isfunction)} - {name for name, _ in getmembers(Transport, isfunction)}
    told = json.loads((FOLDER / OPENAPI).read_text(encoding="utf-8"))
    assert len(own) == len(list(operations(told)))


async def test_an_agent_is_hired_changed_and_read(platform: TestPlatform) -> None:
    await asyncio.to_thread(_hire_change_read, platform)


def _hire_change_read(platform: TestPlatform) -> None:
    key = secrets.token_hex(8)
    with platform.typed("demo-hris") as relais:
        first = relais.post_agents(hired(f"CLIENT-{key}"), idempotency_key=key)
        again = relais.post_agents(hired(f"CLIENT-{key}"), idempotency_key=key)
        assert (again.body, again.replayed, first.replayed) == (first.body, True, False)
        agent = first.body["id"]
        read = relais.get_agent(agent)
        relais.patch_agent(agent, {"last_name": "CHANGÉ"}, if_match=read.etag)
        assert relais.get_agent(agent).body["last_name"] == "CHANGÉ"
        with pytest.raises(Problem) as outdated:
            relais.patch_agent(agent, {"last_name": "TROP TARD"}, if_match=read.etag)
        assert (outdated.value.status, outdated.value.code) == (412, "version_outdated")
        with pytest.raises(Problem) as refused:
            relais.get_statements(month="2026-13")
        assert [error["pointer"] for error in refused.value.errors] == ["/query/month"]
        page = relais.get_agents(limit=1).body
        assert len(page["items"]) == 1
        with pytest.raises(Problem) as nobody:
            relais.post_imports_pay(b"matricule,mois,tib\nX,2026-01,1.00\n", content_type="text/csv", dry_run=True)
        assert nobody.value.status == 422


class Moody(BaseHTTPRequestHandler):
    """Answers what it is told to, one mood after the other."""

    moods: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        mood = self.moods.pop(0)
        if mood == "gone":  # the connection ends in the middle
            self.close_connection = True
            return
        self.send_response(int(mood))
        self.send_header("Retry-After", "0")
        self.send_header("Content-Length", "2")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def answering(*moods: str) -> Iterator[str]:
    Moody.moods = list(moods)
    with HTTPServer(("127.0.0.1", 0), Moody) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_what_may_be_a_bad_moment_is_tried_again() -> None:
    def relais(url: str, retries: int) -> Relais:
        return Relais(url, token="x", retries=retries, http=httpx.Client(trust_env=False))

    with answering("503", "gone", "429", "200") as url:
        assert relais(url, 4).get_agent("x").status == 200
        assert Moody.moods == []
    with answering("503", "503", "200") as url:
        with pytest.raises(Problem) as refused:
            relais(url, 2).get_agent("x")
        assert (refused.value.status, Moody.moods) == (503, ["200"])
    with pytest.raises(httpx.ConnectError):
        relais(f"http://127.0.0.1:{free_port()}", 2).get_agent("x")
