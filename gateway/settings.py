"""Settings of the gateway: those of every component, and whether it waits for the demo data."""

from __future__ import annotations

from typing import Self

from pydantic import Field, IPvAnyNetwork, SecretStr
from pydantic_settings import SettingsConfigDict

from kit.settings import Settings


class GatewaySettings(Settings):
    """`producers` are the base URLs of the services: where requests go, and where events come from."""

    model_config = SettingsConfigDict(env_prefix="RELAIS_", extra="ignore", frozen=True)

    expect_demo: bool = Field(False, description="Not ready until the demo data is loaded.")
    demo_login: str = Field("", description="The demo account that the sign-in page names; none elsewhere.")
    sandbox: bool = Field(False, description="All data is fictitious: every answer and every page says so.")
    rate_per_second: float = Field(0.0, ge=0, description="Requests a client may make per second; 0: no limit.")

    attempts_per_second: float = Field(
        2.0, ge=0, description="Failures per second to prove who one is, for each address; 0: no limit."
    )
    trusted_proxies: tuple[IPvAnyNetwork, ...] = Field(
        (), description="Networks whose X-Forwarded-For is believed (CIDR, JSON list); empty: none."
    )

    public_simulator: tuple[str, ...] = Field(
        (), description="Accords that anybody may simulate without an account (JSON list); empty: none."
    )
    public_rate_per_second: float = Field(2.0, gt=0, description="Public simulations per second for each address.")

    oidc_issuer: str = Field("", description="OpenID Connect issuer where staff sign in; empty: local accounts.")
    oidc_client_id: str = Field("", description="This platform's client at that issuer.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its secret, where it has one.")
    oidc_scopes: str = Field("openid", description="Scopes asked of the issuer.")
    oidc_acr: tuple[str, ...] = Field((), description="Authentication contexts accepted (JSON list); empty: any.")
    webhook_networks: tuple[str, ...] = Field(
        (), description="Networks that webhooks may reach besides public addresses (CIDR, JSON list), by http too."
    )

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """These settings, read as the gateway's."""
        return settings if isinstance(settings, cls) else cls(**dict(settings))
