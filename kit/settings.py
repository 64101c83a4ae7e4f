"""What one process of one component is told from outside: environment variables named `RELAIS_<FIELD>`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

Component = Literal["agreements", "eligibility", "contributions", "claims", "gateway"]
Role = Literal["all", "api", "worker"]

COMPONENTS: tuple[Component, ...] = ("agreements", "eligibility", "contributions", "claims", "gateway")


class Settings(BaseSettings):
    """Settings of a process. Passwords and keys are `SecretStr`, so no log or error shows them.

    >>> Settings(component="claims", database_url="postgresql+asyncpg://u:p@127.0.0.1/relais_claims").database_url
    SecretStr('**********')
    """

    model_config = SettingsConfigDict(env_prefix="RELAIS_", extra="ignore", frozen=True)

    component: Component = Field(description="Which component this process is.")
    role: Role = Field("all", description="What it runs: requests (api), events and tasks (worker), or both.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(0, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")

    database_url: SecretStr = Field(description="postgresql+asyncpg URL with the login role `<component>_api`.")
    worker_database_url: SecretStr | None = Field(None, description="The same database as `<component>_worker`.")
    migrator_database_url: SecretStr | None = Field(None, description="The same database as its owner, to migrate.")
    pool_size: int = Field(10, ge=1, le=200, description="Connections each pool keeps at most.")

    transport: Literal["feed", "kafka"] = Field("feed", description="How events travel between components.")
    kafka_bootstrap: str = Field("", description="host:port list of the Kafka brokers, when transport is kafka.")
    kafka_user: str = Field("", description="SCRAM-SHA-512 user, where the brokers ask who connects.")
    kafka_password: SecretStr = Field(SecretStr(""), description="Password of that user.")
    kafka_tls: bool = Field(True, description="Whether that user connects over TLS.")
    producers: dict[str, str] = Field(
        default_factory=dict, description="Base URL of the feed of each component, by name (JSON object)."
    )

    issuer: str = Field("http://127.0.0.1:8000", description="`iss` of the tokens accepted.")
    jwks_url: str = Field("", description="Where the issuer's public keys are read.")
    audience: str = Field("relais", description="`aud` of the tokens accepted.")
    client_id: str = Field("", description="This component's own client, to read the other feeds.")
    client_secret: SecretStr = Field(SecretStr(""), description="Secret of that client.")
    token_url: str = Field("", description="Where this component gets its own tokens.")

    key_ring: SecretStr | None = Field(None, description="JSON of the encryption keys by id (see kit/crypto.py).")
    mail_relay: SecretStr | None = Field(
        None,
        description="Where e-mails are handed to: smtp://, smtp+starttls:// or smtps://[user:password@]host[:port].",
    )
    mail_sender: str = Field("", description="Address e-mails are sent from.")
    mail_mailbox: SecretStr | None = Field(
        None,
        description="Where reports of e-mails come back to: imaps://, imap+starttls:// or imap://user:password@host[:port]"
        "[/folder].",
    )
    rules_dir: Path | None = Field(None, description="Folder of dated rules; by default the one that ships.")
    body_limit_bytes: int = Field(1_048_576, ge=1024, description="Largest request body accepted, in bytes.")
