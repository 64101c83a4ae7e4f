"""Env files with the secrets of docker-compose.yml: `relais secrets`, or `python -m relais.compose DIRECTORY`.

Made once; a second call keeps what is there, so that databases stay open to their owners.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from kit.db.provision import ROLE_KINDS, component_url
from kit.settings import COMPONENTS, Component
from relais.credentials import Credentials, service_client
from relais.home import Home, write_private

ADMIN = "relais_admin"
SECRET_BYTES = 32


def component_secrets(component: Component, admin_dsn: str, credentials: Credentials) -> dict[str, str]:
    """The settings of one component that are secrets; the others stand in docker-compose.yml."""
    passwords = credentials.databases[component]
    urls = {kind: component_url(admin_dsn, component, kind, passwords[kind]) for kind in ROLE_KINDS}
    return {
        "RELAIS_DATABASE_URL": urls["api"],
        "RELAIS_WORKER_DATABASE_URL": urls["worker"],
        "RELAIS_CLIENT_ID": service_client(component),
        "RELAIS_CLIENT_SECRET": credentials.clients[service_client(component)],
        "RELAIS_KEY_RING": credentials.key_rings[component],
    }


def write(folder: Path) -> list[Path]:
    """Write `secrets.json`, from which the others are made, `postgres.env`, `setup.env` and one file per component.

    All are readable by their owner alone. What there is already is kept.
    """
    home = Home(folder)
    folder.mkdir(parents=True, exist_ok=True)
    credentials = Credentials.made(home)
    password_file = folder / "postgres.env"
    if not password_file.exists():
        write_private(password_file, f"POSTGRES_PASSWORD={secrets.token_urlsafe(SECRET_BYTES)}\n")
    password = password_file.read_text().strip().removeprefix("POSTGRES_PASSWORD=")
    admin_dsn = f"postgresql://{ADMIN}:{password}@postgres:5432/postgres"
    setup = {"RELAIS_ADMIN_DSN": admin_dsn, "RELAIS_CREDENTIALS": home.secrets.read_text().replace("\n", " ")}
    files = {"setup": setup} | {name: component_secrets(name, admin_dsn, credentials) for name in COMPONENTS}
    for name, content in files.items():
        write_private(folder / f"{name}.env", "".join(f"{key}={value}\n" for key, value in content.items()))
    return [home.secrets, password_file, *(folder / f"{name}.env" for name in files)]


if __name__ == "__main__":
    sys.stdout.writelines(f"{path}\n" for path in write(Path(sys.argv[1])))
