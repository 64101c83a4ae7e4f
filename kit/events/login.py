"""How a process proves to the brokers who it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from kit.http.outgoing import trust


@dataclass(frozen=True, slots=True)
class Login:
    """SCRAM-SHA-512, over TLS unless the network between the processes and the brokers is nobody else's."""

    user: str
    password: SecretStr
    tls: bool = True

    def arguments(self) -> dict[str, Any]:
        """What the clients of aiokafka are given."""
        return {
            "security_protocol": "SASL_SSL" if self.tls else "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password.get_secret_value(),
            "ssl_context": trust() if self.tls else None,
        }


def arguments(login: Login | None) -> dict[str, Any]:
    """The same, and nothing for brokers that ask nobody who they are."""
    return {} if login is None else login.arguments()
