"""What a platform is made of: which process gets which command, port, URLs and secrets."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field

from kit.db.provision import ROLE_KINDS, component_url
from kit.settings import COMPONENTS, Component
from relais.credentials import Credentials, service_client
from relais.persons import MANAGER
from relais.ports import LOOPBACK
from relais.processes import ProcessPlan
from relais.seed import ACCORD

SERVICES: tuple[Component, ...] = tuple(name for name in COMPONENTS if name != "gateway")
# One machine: five processes share one PostgreSQL, and none needs many connections.
POOL_SIZE = 5
# What a component is told from the environment of the command: the relay for e-mails and the mailbox that reports come
# to, networks that webhooks may reach, how fast clients may ask, whether all is fictitious, where staff sign in.
PASSED = {
    "agreements": ("RELAIS_MAIL_RELAY", "RELAIS_MAIL_SENDER", "RELAIS_MAIL_MAILBOX"),
    "gateway": (
        "RELAIS_WEBHOOK_NETWORKS",
        "RELAIS_RATE_PER_SECOND",
        "RELAIS_ATTEMPTS_PER_SECOND",
        "RELAIS_TRUSTED_PROXIES",
        "RELAIS_SANDBOX",
        "RELAIS_PUBLIC_SIMULATOR",
        "RELAIS_PUBLIC_RATE_PER_SECOND",
        *(f"RELAIS_OIDC_{name}" for name in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "SCOPES", "ACR")),
    ),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of one platform listens. `admin_dsn` is the libpq URL of the server's administrator."""

    ports: dict[str, int]
    admin_dsn: str = field(repr=False)
    transport: str = "feed"
    kafka_bootstrap: str = ""

    def url(self, component: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[component]}"

    @property
    def gateway(self) -> str:
        return self.url("gateway")

    @property
    def services(self) -> dict[str, str]:
        """Base URL of each service by name."""
        return {name: self.url(name) for name in SERVICES}


def settings_of(component: Component, layout: Layout, credentials: Credentials) -> dict[str, str]:
    """The settings of one component (fields of kit.settings.Settings) as text."""
    databases = {
        kind: component_url(layout.admin_dsn, component, kind, credentials.databases[component][kind])
        for kind in ROLE_KINDS
    }
    return {
        "component": component,
        "role": "all",
        "host": LOOPBACK,
        "port": str(layout.ports[component]),
        "database_url": databases["api"],
        "worker_database_url": databases["worker"],
        "migrator_database_url": databases["migrator"],
        "pool_size": str(POOL_SIZE),
        "transport": layout.transport,
        "kafka_bootstrap": layout.kafka_bootstrap,
        "producers": json.dumps(layout.services),
        "issuer": layout.gateway,
        "jwks_url": f"{layout.gateway}/.well-known/jwks.json",
        "token_url": f"{layout.gateway}/oauth/token",
        "client_id": service_client(component),
        "client_secret": credentials.clients[service_client(component)],
        "key_ring": credentials.key_rings[component],
    }


def module_of(component: str) -> str:
    """What runs as `__main__` of a component.

    >>> module_of("claims"), module_of("gateway")
    ('services.claims.main', 'gateway.main')
    """
    return "gateway.main" if component == "gateway" else f"services.{component}.main"


def process_plan(component: Component, layout: Layout, credentials: Credentials) -> ProcessPlan:
    """How one component is started as a process of its own."""
    settings = settings_of(component, layout, credentials)
    if component == "gateway":
        settings |= {"expect_demo": "true", "demo_login": MANAGER, "public_simulator": json.dumps([ACCORD])}
    environment = {f"RELAIS_{name.upper()}": value for name, value in settings.items()}
    environment |= {name: os.environ[name] for name in PASSED.get(component, ()) if name in os.environ}
    return ProcessPlan(component, module_of(component), environment)
