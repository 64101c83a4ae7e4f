"""docker-compose.yml says what the code reads: every setting exists, none is missing, no secret is in it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.settings import GatewaySettings
from kit.settings import COMPONENTS, Component, Settings
from relais import compose
from relais.credentials import Credentials, service_client
from relais.home import Home
from relais.plan import PASSED, SERVICES, Layout, process_plan
from tests.postgres import ROOT

MODELS: dict[str, type[Settings]] = {**dict.fromkeys(COMPONENTS, Settings), "gateway": GatewaySettings}
ROLES = {"api", "worker"}
# What one machine tells besides: the owner of a database stays with setup, and nothing is loaded for a demonstration.
ONE_MACHINE = {"RELAIS_MIGRATOR_DATABASE_URL", "RELAIS_EXPECT_DEMO", "RELAIS_DEMO_LOGIN"}


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


def environment_of(one: dict[str, Any], folder: Path) -> dict[str, Any]:
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


def names_of(model: type[Settings]) -> set[str]:
    return {f"RELAIS_{name.upper()}" for name in model.model_fields}


def test_every_setting_is_one_the_code_reads_and_none_is_missing(document: dict[str, Any], folder: Path) -> None:
    for name, one in component_services(document).items():
        environment = environment_of(one, folder)
        model = MODELS[environment["RELAIS_COMPONENT"]]
        assert set(environment) <= names_of(model), name
        values = {key.removeprefix("RELAIS_").lower(): value for key, value in environment.items() if value is not None}
        settings = model.model_validate({**values, "producers": yaml.safe_load(values["producers"])})
        assert settings.key_ring is not None
        assert settings.worker_database_url is not None
        assert name == f"{settings.component}-worker".removesuffix("-worker" if settings.role == "api" else "")
        assert settings.client_id == service_client(settings.component)
        assert set(settings.producers) == set(SERVICES)


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_same_settings_as_on_one_machine(
    component: Component, document: dict[str, Any], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `relais run` tells a process, each of its containers is told as well."""
    for name in PASSED.get(component, ()):
        monkeypatch.setenv(name, "given")
    home = Home(tmp_path)
    home.prepare()
    layout = Layout(dict.fromkeys(COMPONENTS, 8080), "postgresql://x@localhost:5432/postgres")
    told = set(process_plan(component, layout, Credentials.made(home)).environment) - ONE_MACHINE
    for name in (component, f"{component}-worker"):
        assert set(environment_of(document["services"][name], folder)) == told, name


def test_what_the_gateway_alone_reads_can_be_given_to_it() -> None:
    assert set(PASSED["gateway"]) == names_of(GatewaySettings) - names_of(Settings) - ONE_MACHINE


def test_every_part_has_a_health_check_and_data_have_names(document: dict[str, Any]) -> None:
    for name, one in document["services"].items():
        assert "healthcheck" in one or name == "setup", name
    mounted = {volume.split(":")[0] for one in document["services"].values() for volume in one.get("volumes", [])}
    assert mounted == set(document["volumes"])


def test_no_secret_is_in_the_file(document: dict[str, Any]) -> None:
    """A name without a value is one that whoever starts the containers may give."""
    text = (ROOT / "docker-compose.yml").read_text().lower()
    assert not any(word in text for word in ("password: ", "secret: ", "key_ring", "postgresql+asyncpg"))


def test_secrets_are_private_and_made_once(folder: Path) -> None:
    before = {path.name: path.read_text() for path in folder.iterdir()}
    named = compose.write(folder)
    assert {path.name for path in named} == before.keys()
    for path in named:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text() == before[path.name]
