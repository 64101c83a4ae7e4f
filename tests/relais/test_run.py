"""`relais run`, with real processes: first start, second start, and every way it ends."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import asyncpg
import httpx
import pytest

from kit.crypto import KeyRing
from kit.db.database import Database, Scope
from kit.db.provision import component_url
from kit.events.envelope import EventData
from kit.events.outbox import publish
from kit.settings import COMPONENTS, Component
from relais.credentials import Credentials
from relais.databases import behind
from relais.errors import USAGE
from relais.home import Home
from relais.postgres import EmbeddedPostgres
from tests.relais import restoring
from tests.relais.running import Command, new_command, platform_running
from tests.waiting import until

pytestmark = pytest.mark.timeout(240)
AFTER = "APRES-SAUVEGARDE"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """One home for the whole module: its first start is the first test's."""
    found = new_command(tmp_path_factory.mktemp("relais"))
    yield found
    # Data may lie elsewhere: as root, the server's user does not reach a private folder.
    found.run("reset", "--yes")


def nothing_left(command: Command) -> bool:
    return not command.left_behind()


def agents(command: Command) -> set[str]:
    """The matricules the demo's HRIS sees."""
    token = command.run("token").stdout.strip()
    answer = httpx.get(
        f"{command.gateway}/v1/agents?limit=200", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert answer.status_code == httpx.codes.OK, answer.text
    return {item["matricule"] for item in answer.json()["items"]}


def test_the_first_start_serves_until_ctrl_c_and_leaves_nothing(command: Command) -> None:
    with platform_running(command) as process:
        token = command.run("token")
        assert token.returncode == 0
        assert token.stdout.count(".") == 2
        assert token.stdout.count("\n") == 1
        assert agents(command)
        a_second_run_on_the_same_home_is_refused(command)
        a_migration_beside_it_is_refused(command)
        an_unknown_client_is_refused(command)
        the_demo_ends_well(command)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    until(lambda: nothing_left(command), "the end of every process")
    said = command.said.read_text()
    assert f"Relais est prêt : {command.gateway}" in said
    assert "/docs" in said
    assert command.run("token").returncode == USAGE


def a_second_run_on_the_same_home_is_refused(command: Command) -> None:
    refused = Command(command.home, command.port + 1).run("run")
    assert refused.returncode == USAGE
    assert "tourne déjà" in refused.stderr
    assert refused.stderr.count("\n") == 1


def a_migration_beside_it_is_refused(command: Command) -> None:
    refused = command.run("migrate")
    assert (refused.returncode, "tourne déjà" in refused.stderr, "base " in refused.stderr) == (USAGE, True, False)


def an_unknown_client_is_refused(command: Command) -> None:
    refused = command.run("token", "nobody")
    assert refused.returncode == USAGE
    assert "demo-insurer-a" in refused.stderr
    assert refused.stdout == ""


def the_demo_ends_well(command: Command) -> None:
    """tests/e2e/test_demo.py has the other ending."""
    played = command.run("demo")
    assert (played.returncode, " juste(s), 0 fausse(s)" in played.stdout) == (0, True), played.stdout + played.stderr


def test_the_second_start_keeps_the_data_and_a_killed_supervisor_leaves_nothing(command: Command) -> None:
    with platform_running(command) as process:
        assert "base " not in command.said.read_text()
        kept = agents(command)
        assert kept
        a_restored_database_is_as_it_was(command, kept)
        projections_are_built_again(command)
        asyncio.run(an_event_that_waits_is_shown(command))
        an_insurer_s_facts_are_shown(command)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        until(lambda: nothing_left(command), "the end of every process")


def a_restored_database_is_as_it_was(command: Command, kept: set[str]) -> None:
    """One component goes back in time while the others go on, and follow; then all of them together."""
    folder = command.home.with_name("archives")
    kept_archives = command.run("backup", str(folder))
    assert kept_archives.returncode == 0
    assert f"gardez {Home(command.home).secrets} ailleurs" in " ".join(kept_archives.stderr.split())
    assert {path.stem for path in folder.glob("*.dump")} == set(COMPONENTS)
    again = command.run("backup", str(folder))
    assert (again.returncode, "choisissez un autre dossier" in again.stderr) == (USAGE, True)
    only_what_was_named_is_archived(command)
    lost = restoring.hire(command, AFTER)
    restoring.falls_sick(command, lost)
    restoring.pay(command, AFTER)
    restoring.is_known(command, lost)
    assert agents(command) == kept | {AFTER}
    what_other_keys_closed_replaces_nothing(command, folder, kept | {AFTER})
    restoring.restore(command, folder, "--only", "eligibility")
    assert agents(command) == kept
    restoring.is_known(command, lost, everywhere=False)
    assert restoring.paid_months(command, AFTER), "contributions were not restored: what they were told stays"
    hired = restoring.hire(command, AFTER)
    assert hired != lost
    restoring.falls_sick(command, hired)
    restoring.is_known(command, hired)
    restoring.restore(command, folder)
    assert agents(command) == kept
    restoring.is_known(command, hired, everywhere=False)
    assert restoring.paid_months(command, AFTER) == []
    assert "Archive introuvable" in command.run("restore", str(command.home), "--yes").stderr


def only_what_was_named_is_archived(command: Command) -> None:
    folder = command.home.with_name("some")
    assert command.run("backup", str(folder), "--only", "claims", "--only", "gateway").returncode == 0
    assert {path.stem for path in folder.glob("*.dump")} == {"claims", "gateway"}
    assert set(json.loads((folder / "keys.json").read_text())) == {"claims", "gateway"}
    refused = command.run("backup", str(folder), "--only", "payroll")
    assert (refused.returncode, "Composant inconnu : payroll" in refused.stderr) == (USAGE, True)
    missing = command.run("restore", str(folder), "--yes")
    assert (missing.returncode, "agreements.dump" in missing.stderr) == (USAGE, True)


def what_other_keys_closed_replaces_nothing(command: Command, folder: Path, there: set[str]) -> None:
    """As after a reset: the archives are whole, and the rings here are new."""
    elsewhere = folder.with_name("of-others")
    shutil.copytree(folder, elsewhere)
    others = {name: KeyRing.parse(KeyRing.generate("1")).marks for name in COMPONENTS}
    (elsewhere / "keys.json").write_text(json.dumps(others))
    refused = command.run("restore", str(elsewhere), "--yes")
    assert (refused.returncode, "d'autres clés" in refused.stderr) == (USAGE, True)
    assert agents(command) == there


def projections_are_built_again(command: Command) -> None:
    rebuilt = command.run("events", "rebuild", "claims")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "terms" in rebuilt.stderr
    assert "Composant inconnu" in command.run("events", "rebuild", "payroll").stderr


class PayToCome(EventData):
    """A version of a type that this release does not read yet."""

    type: ClassVar[str] = "fr.psc.contributions.pay.recorded.v2"
    topic: ClassVar[str] = "psc.contributions.pay.v1"


async def an_event_that_waits_is_shown(command: Command) -> None:
    home = Home(command.home)
    url = component_url(home.must_run().admin_dsn, "contributions", "worker", worker_password(home))
    database = Database(url, pool_size=1)
    async with database.transaction(Scope.all()) as tx:
        await publish(tx, PayToCome(), key="later")
    await database.close()
    until(lambda: "unknown_version" in command.run("events", "parked", "claims").stdout, "the event to be parked")
    tried = command.run("events", "replay", "claims")
    assert (tried.returncode, "0 fait(s) appliqué(s)" in tried.stderr, "later" in tried.stdout) == (0, True, True)


def worker_password(home: Home) -> str:
    return Credentials.of(home).databases["contributions"]["worker"]


def an_insurer_s_facts_are_shown(command: Command) -> None:
    shown = command.run("events", "tail", "--client", "demo-insurer-a", "--no-follow")
    assert shown.returncode == 0, shown.stderr
    facts = [json.loads(line) for line in shown.stdout.splitlines()]
    assert facts
    assert {fact["insurer"] for fact in facts} == {"demo-a"}


def test_ctrl_c_ends_all_where_nobody_reads_what_is_said(command: Command) -> None:
    """`make run 2>&1 | tail -5`: the same Ctrl-C ends tail first."""
    reader, writer = os.pipe()
    with platform_running(command, writer) as process:
        os.close(writer)
        os.close(reader)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    until(lambda: nothing_left(command), "the end of every process")


def test_a_process_that_dies_ends_all_with_its_name(command: Command) -> None:
    with platform_running(command) as process:
        os.kill(Home(command.home).must_run().processes["claims"], signal.SIGKILL)
        assert process.wait(20) == 1
    said = command.said.read_text()
    assert "« claims »" in said
    assert "SIGKILL" in said
    until(lambda: nothing_left(command), "the end of every process")


def test_a_database_server_that_dies_ends_all_and_nothing_is_lost(command: Command) -> None:
    with platform_running(command) as process:
        restoring.hire(command, "AVANT-LA-PANNE")
        server = EmbeddedPostgres(command.home / "postgres").data / "postmaster.pid"
        os.kill(int(server.read_text().split()[0]), signal.SIGKILL)
        assert process.wait(20) == 1
    assert "PostgreSQL s'est arrêté" in command.said.read_text()
    until(lambda: nothing_left(command), "the end of every process")
    with platform_running(command):
        assert "AVANT-LA-PANNE" in agents(command)


def test_a_taken_port_is_one_line_and_exit_code_2(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        refused = Command(tmp_path / "home", other.getsockname()[1]).run("run")
    assert refused.returncode == USAGE
    assert "est déjà pris" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "home").exists()


def test_a_stopped_home_is_migrated_as_often_as_one_likes_and_reset_drops_it(tmp_path: Path) -> None:
    command = new_command(tmp_path)
    migrated(command)
    assert behind_after(command, "DROP DATABASE relais_claims") == ["claims"]
    migrated(command)
    assert behind_after(command, "SELECT 1") == []
    unasked = command.run("reset")
    assert (unasked.returncode, unasked.stderr) == (USAGE, "Personne ne peut confirmer ici : ajoutez --yes.\n")
    assert command.home.exists()
    assert command.run("reset", "--yes").returncode == 0
    assert not command.home.exists()
    assert "Rien à effacer" in command.run("reset", "--yes").stderr


def migrated(command: Command) -> None:
    done = command.run("migrate")
    assert done.returncode == 0, done.stderr
    assert [name for name in COMPONENTS if f"✓ base {name}" not in done.stderr] == []


def behind_after(command: Command, statement: str) -> list[Component]:
    """Which databases of a stopped home want migrations, once this was done to its server."""

    async def asked(dsn: str) -> list[Component]:
        connection = await asyncpg.connect(dsn)
        await connection.execute(statement)
        await connection.close()
        return await behind(dsn, Credentials.of(Home(command.home)))

    with EmbeddedPostgres(command.home / "postgres") as server:
        return asyncio.run(asked(server.admin_dsn))


def test_data_without_their_keys_are_not_opened_with_new_ones(tmp_path: Path) -> None:
    command = new_command(tmp_path)
    Home(command.home).prepare()
    server = EmbeddedPostgres(command.home / "postgres")
    server.data.mkdir(parents=True)
    (server.data / "PG_VERSION").write_text("18")
    for arguments in (["run"], ["migrate"]):
        refused = command.run(*arguments)
        assert (refused.returncode, "n'existe plus : remettez-le" in " ".join(refused.stderr.split())) == (USAGE, True)
    for arguments in (
        ["audit", "verify"],
        ["verify", "decisions"],
        ["keys", "rotate"],
        ["backup", str(tmp_path / "b")],
    ):
        assert command.run(*arguments).returncode == USAGE, "no command but a start makes new ones"
    assert not Home(command.home).secrets.exists()
    shutil.rmtree(command.home / "logs", ignore_errors=True)
    assert command.run("reset", "--yes").returncode == 0
    assert not server.home.exists()


def test_without_a_platform_the_commands_say_so(tmp_path: Path) -> None:
    command = new_command(tmp_path)
    for arguments in (["token"], ["demo"], ["events", "tail"]):
        refused: subprocess.CompletedProcess[str] = command.run(*arguments)
        assert refused.returncode == USAGE
        assert "ne tourne pas" in refused.stderr
        assert refused.stdout == ""
