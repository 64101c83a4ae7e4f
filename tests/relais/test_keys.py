"""Keys are rotated, what they closed is closed again, and none is forgotten that is still needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.application.keys import ensure_signing_key, private_key
from kit.clock import SystemClock
from kit.crypto import KeyRing, Undecipherable
from kit.db import data_subjects
from kit.db.database import Scope
from kit.ids import new_id
from kit.settings import COMPONENTS
from relais.archives import check_rings, marks_of
from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import Home
from relais.key_rotation import key_ids, needed, opened, renew, without
from tests.postgres import DatabaseFactory
from tests.relais.running import new_command


def test_archives_are_restored_where_the_ring_still_has_every_key_that_closed_them(tmp_path: Path) -> None:
    credentials = Credentials.made(Home(tmp_path))
    before = {name: KeyRing.parse(ring).marks for name, ring in credentials.key_rings.items()}
    marks_of(tmp_path).write_text(json.dumps(before))
    check_rings(tmp_path, COMPONENTS, credentials)
    rotated = KeyRing.rotated(credentials.key_rings["claims"], "2")
    check_rings(tmp_path, COMPONENTS, replace(credentials, key_rings={**credentials.key_rings, "claims": rotated}))
    forgotten = {**credentials.key_rings, "claims": without(rotated, "1", {"1": 0})}
    with pytest.raises(CommandError, match=r"\(claims\)"):
        check_rings(tmp_path, COMPONENTS, replace(credentials, key_rings=forgotten))
    check_rings(tmp_path, ("eligibility",), replace(credentials, key_rings=forgotten))
    assert not any(key in marks_of(tmp_path).read_text() for key in json.loads(rotated)["keys"].values())


@pytest.mark.parametrize("text", ["", '{"claims":', "[]", '{"claims": "x"}', '{"claims": {"1": 5}}'])
def test_marks_that_cannot_be_read_are_told(tmp_path: Path, text: str) -> None:
    credentials = Credentials.made(Home(tmp_path))
    marks_of(tmp_path).write_text(text)
    with pytest.raises(CommandError, match=r"keys\.json.*illisible"):
        check_rings(tmp_path, COMPONENTS, credentials)


@pytest.mark.parametrize("text", ["", '{"cl', "[]", '{"clients": 5}'])
def test_secrets_that_cannot_be_read_are_told_and_kept(tmp_path: Path, text: str) -> None:
    Home(tmp_path).secrets.write_text(text)
    with pytest.raises(CommandError, match="illisible"):
        Credentials.of(Home(tmp_path))
    assert Home(tmp_path).secrets.read_text() == text


async def test_what_a_former_key_closed_opens_with_the_new_one_alone(database: DatabaseFactory) -> None:
    before = KeyRing.generate("1")
    after = KeyRing.rotated(before, "2")
    old, new, alone = KeyRing.parse(before), KeyRing.parse(after), KeyRing.parse(without(after, "1", {"1": 0}))
    gateway, eligibility, agent = await database("gateway"), await database("eligibility"), new_id()
    async with gateway.worker.transaction(Scope.all()) as tx:
        await ensure_signing_key(tx, old, SystemClock())
    async with eligibility.worker.transaction(Scope.all()) as tx:
        sealed = (await data_subjects.key_to_seal(tx, agent, old)).encrypt("Zoé", "here")
    for component in (gateway, eligibility):
        assert await needed(component.admin, after) == {"2": 0, "1": 1}
        assert await renew(component.admin, component.component, new) == 1
        assert await needed(component.admin, after) == {"2": 1, "1": 0}
        assert await renew(component.admin, component.component, new) == 0, "once is enough"
    async with gateway.worker.transaction(Scope.all()) as tx:
        stored = await ensure_signing_key(tx, alone, SystemClock())
        assert private_key(alone, stored).kid == stored.kid
    async with eligibility.worker.transaction(Scope.all()) as tx:
        assert (await data_subjects.key(tx, agent, alone)).decrypt(sealed, "here") == "Zoé"
        with pytest.raises(Undecipherable):
            await data_subjects.key(tx, agent, old)
    with pytest.raises(CommandError, match="aucune clé"):
        await renew(gateway.admin, "gateway", KeyRing.parse(KeyRing.generate("3")))


async def test_every_column_that_is_renewed_is_there(database: DatabaseFactory) -> None:
    ring = KeyRing.parse(KeyRing.generate("9"))
    for name in COMPONENTS:
        component = await database(name)
        async with opened(component.admin_dsn, name) as connection:
            assert await renew(connection, name, ring) == 0


def test_a_key_that_is_needed_or_current_is_kept() -> None:
    ring = KeyRing.rotated(KeyRing.generate("1"), "2")
    for key_id, needs in (("1", {"1": 3, "2": 0}), ("2", {"1": 0, "2": 0})):
        with pytest.raises(CommandError):
            without(ring, key_id, needs)
    assert key_ids(without(ring, "1", {"1": 0, "2": 5})) == ("2",)


def test_the_command_gives_each_ring_a_new_current_key(tmp_path: Path) -> None:
    command = new_command(tmp_path)
    command.home.mkdir()
    before = Credentials.made(Home(command.home)).key_rings
    assert command.run("keys", "rotate", "--component", "claims").returncode == 0
    after = json.loads(Home(command.home).secrets.read_text())["key_rings"]
    assert [name for name in COMPONENTS if after[name] != before[name]] == ["claims"]
    assert key_ids(after["claims"]) == ("2", "1")
    refused = command.run("keys", "renew")
    assert (refused.returncode, "ne tourne pas" in refused.stderr) == (2, True)
