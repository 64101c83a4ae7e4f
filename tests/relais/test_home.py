"""One home, one platform; its secrets stay its owner's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from kit.crypto import KeyRing
from kit.settings import COMPONENTS
from relais import home as homes
from relais.credentials import DEMO_CLIENTS, Credentials
from relais.errors import USAGE, CommandError
from relais.home import Home, Running
from relais.sandbox import home_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    found = Home(tmp_path / "home")
    found.prepare()
    return found


def running(pid: int) -> Running:
    return Running(pid, {"gateway": 8080}, "postgresql://x")


def test_a_second_platform_is_told_where_the_first_is(home: Home) -> None:
    with home.held():
        home.announce(running(os.getpid()))
        with pytest.raises(CommandError, match=r"tourne déjà.*8080") as refusal, home.held():
            pass
    assert refusal.value.exit_code == USAGE


def test_a_home_that_another_is_leaving_is_waited_for_and_not_for_ever(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "HANDOVER_SECONDS", 0.2)
    with home.held(), pytest.raises(CommandError, match="tourne déjà"), home.held():
        pass
    with home.held():
        assert home.running() is None


def test_what_died_is_not_running(home: Home) -> None:
    home.announce(running(2**22 + 1))
    assert home.running() is None
    with pytest.raises(CommandError, match=r"ne tourne pas sur .*/home\..*make run.*--home.*RELAIS_HOME"):
        home.must_run()
    with pytest.raises(CommandError, match=r"ne tourne pas.*home-sandbox.*relais sandbox run"):
        home_of(home).must_run()


def test_secrets_are_made_once_and_private(home: Home) -> None:
    with pytest.raises(CommandError, match=r"n'existe pas : remettez"):
        Credentials.of(home)
    assert not home.secrets.exists()
    first = Credentials.made(home)
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o600
    assert Credentials.made(home) == Credentials.of(home) == first
    assert set(first.databases) == set(COMPONENTS)
    assert set(DEMO_CLIENTS) <= set(first.clients)
    assert len(set(first.clients.values())) == len(first.clients)
    assert all(KeyRing.parse(ring) for ring in first.key_rings.values())
    assert first.clients["demo-hris"] not in repr(first)


def test_a_secret_that_came_with_a_newer_version_is_added_to_the_old_ones(home: Home) -> None:
    first = Credentials.made(home)
    home.secrets.write_text('{"clients": {"demo-hris": "kept"}}')
    assert set(Credentials.of(home).clients) == {"demo-hris"}
    second = Credentials.made(home)
    assert second.clients["demo-hris"] == "kept"
    assert set(second.clients) == set(first.clients)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Impossible d'écrire"):
        Home(tmp_path / "file" / "home").prepare()
