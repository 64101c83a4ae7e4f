"""docker-compose.yml says what the code reads: every setting exists, none is missing, no secret is in it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import GatewaySettings
from kit.settings import COMPONENTS, Settings
from relais import compose
from relais.credentials import Credentials
from relais.home import Home
from relais.plan import Layout, process_plan
from tests.postgres import ROOT

KNOWN = {f"RELAIS_{name.upper()}" for name in (*Settings.model_fields, *GatewaySettings.model_fields)}
ROLES = {"api", "worker"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("secrets")
    compose.write(found)
    return found


def component_services(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: one for name, one in document["services"].items() if "RELAIS_ROLE" in one.get("environment", {})}


def environment_of(one: dict[str, Any], folder: Path) -> dict[str, str]:
    """The environment the container gets: that of the file and that of its env files."""
    found = dict(one["environment"])
    for path in one["env_file"]:
        lines = (folder / Path(path).name).read_text().splitlines()
        found.update({name: value for name, _, value in (line.partition("=") for line in lines)})
    return found


def test_each_component_has_an_api_and_a_worker(document: dict[str, Any]) -> None:
    environments = [one["environment"] for one in component_services(document).values()]
    pairs = {(given["RELAIS_COMPONENT"], given["RELAIS_ROLE"]) for given in environments}
    assert pairs == {(component, role) for component in COMPONENTS for role in ROLES}


def test_every_setting_is_one_the_code_reads_and_none_is_missing(document: dict[str, Any], folder: Path) -> None:
    for name, one in component_services(document).items():
        environment = environment_of(one, folder)
        assert set(environment) <= KNOWN, name
        values = {key.removeprefix("RELAIS_").lower(): value for key, value in environment.items()}
        settings = Settings.model_validate({**values, "producers": yaml.safe_load(values["producers"])})
        assert settings.key_ring is not None
        assert settings.worker_database_url is not None
        assert settings.component in name


def test_the_same_settings_as_on_one_machine(document: dict[str, Any], folder: Path, tmp_path: Path) -> None:
    """What `relais run` tells a process, a container is told as well; but the owner of a database stays with setup."""
    home = Home(tmp_path)
    home.prepare()
    layout = Layout(dict.fromkeys(COMPONENTS, 8080), "postgresql://x@localhost:5432/postgres")
    given = set(process_plan("claims", layout, Credentials.of(home)).environment)
    assert set(environment_of(document["services"]["claims"], folder)) == given - {"RELAIS_MIGRATOR_DATABASE_URL"}


def test_every_part_has_a_health_check_and_data_have_names(document: dict[str, Any]) -> None:
    for name, one in document["services"].items():
        assert "healthcheck" in one or name == "setup", name
    mounted = {volume.split(":")[0] for one in document["services"].values() for volume in one.get("volumes", [])}
    assert mounted == set(document["volumes"])


def test_no_secret_is_in_the_file(document: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text().lower()
    assert not any(word in text for word in ("password:", "secret:", "key_ring", "postgresql+asyncpg"))


def test_secrets_are_private_and_made_once(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    named = compose.write(folder)
    assert {path.name for path in named} == before.keys()
    for path in named:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text() == before[path.name]
