"""Clients of the platform that runs on this home, for commands typed in another shell."""

from __future__ import annotations

from relais.api import Api, Refused
from relais.credentials import Credentials
from relais.errors import CommandError
from relais.home import Home
from relais.processes import CRASHED


def api_of(home: Home, client: str, *, purpose: str | None = None) -> Api:
    """A client with a token; `purpose` is why it reads, for the audit trail.

    Raises CommandError: nothing runs here, no such client, the gateway does not answer.
    """
    running = home.must_run()
    clients = Credentials.of(home).clients
    if client not in clients:
        known = ", ".join(name for name in clients if not name.startswith("service-"))
        raise CommandError(f"Client inconnu : {client}. Connus : {known}.")
    api = Api(running.gateway, client, clients[client], purpose=purpose)
    try:
        api.token()
    except Refused as refused:
        raise CommandError(f"La passerelle refuse le client {client} : {refused}", CRASHED) from refused
    return api
