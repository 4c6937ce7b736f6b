"""The settings of a server, one TOML file: where it listens, how people get in, how long sessions last."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from analytics.oversight.sessions import Limits
from analytics.shared.codes import code_table
from analytics.shared.schema import FileModel, InvalidFile, Text, read_toml

Way = Literal["password", "oidc", "proxy"]
_MOST_MINUTES = 24 * 60


class OidcSettings(FileModel):
    """The provider that signs people in. `roles`: which role each of its groups has here."""

    issuer: Text
    client_id: Text
    client_secret_file: Text
    name_claim: Text = "preferred_username"
    groups_claim: Text = "groups"
    roles: dict[str, Text] = Field(min_length=1)
    scopes: tuple[str, ...] = ("openid", "profile")
    label: Text = "your organisation"


class ProxySettings(FileModel):
    """The proxy that signs people in and names them in a header. It is believed only by its socket or
    address, and with the secret in a header of its own."""

    header: Text = "X-Achilles-Person"
    secret_header: Text = "X-Achilles-Secret"
    secret_file: Text


class ServerSettings(FileModel):
    """Everything in the file. Either `address` and `port`, or `socket`."""

    way_in: Way
    public_address: Text
    store: Text
    address: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8501
    socket: str = ""
    proxies: tuple[str, ...] = ()
    idle_minutes: Annotated[float, Field(gt=0, le=_MOST_MINUTES)] = 15
    absolute_hours: Annotated[float, Field(gt=0, le=24)] = 10
    second_factor: Literal["optional", "required"] = "optional"
    oidc: OidcSettings | None = None
    proxy: ProxySettings | None = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        address = urlsplit(self.public_address)
        if address.scheme not in ("http", "https") or not address.hostname or address.path not in ("", "/"):
            raise ValueError("public_address must be like https://achilles.example")
        if address.scheme == "http" and not is_loopback(address.hostname):
            raise ValueError("public_address must begin with https://, unless it is this machine's own")
        if self.way_in == "oidc" and self.oidc is None:
            raise ValueError("way_in is oidc: the table [oidc] is missing")
        if self.way_in == "proxy" and self.proxy is None:
            raise ValueError("way_in is proxy: the table [proxy] is missing")
        if self.way_in == "proxy" and not (self.socket or self.proxies):
            raise ValueError("way_in is proxy: give a socket, or the addresses in proxies")
        if self.oidc is not None:
            if unknown := set(self.oidc.roles.values()) - set(code_table("roles").codes):
                raise ValueError(f"oidc, roles: {sorted(unknown)[0]} is no role")
            issuer = urlsplit(self.oidc.issuer)
            if issuer.scheme != "https" and not is_loopback(issuer.hostname or ""):
                raise ValueError("oidc, issuer must begin with https://")
        for proxy in self.proxies:
            ip_address(proxy)
        return self

    @property
    def is_secure(self) -> bool:
        return self.public_address.startswith("https://")

    @property
    def hostname(self) -> str:
        return urlsplit(self.public_address).hostname or ""

    @property
    def limits(self) -> Limits:
        return Limits(timedelta(minutes=self.idle_minutes), timedelta(hours=self.absolute_hours))


def read_server_settings(path: Path) -> ServerSettings:
    """The settings of a file; relative paths in it are from its folder. Raises InvalidFile."""
    settings = read_toml(path, ServerSettings)
    folder = Path(path).resolve().parent
    changes: dict[str, object] = {"store": str(folder / settings.store)}
    if settings.socket:
        changes["socket"] = str(folder / settings.socket)
    if settings.oidc is not None:
        changes["oidc"] = settings.oidc.model_copy(
            update={"client_secret_file": str(folder / settings.oidc.client_secret_file)}
        )
    if settings.proxy is not None:
        changes["proxy"] = settings.proxy.model_copy(
            update={"secret_file": str(folder / settings.proxy.secret_file)}
        )
    return settings.model_copy(update=changes)


def read_secret(path: str, least: int = 16) -> str:
    """A secret from a file of its own that nobody else may read. Raises InvalidFile."""
    file = Path(path)
    try:
        secret, mode = file.read_text(encoding="utf-8").strip(), file.stat().st_mode
    except OSError as error:
        raise InvalidFile(file.name, [f"it cannot be read: {error.strerror}"]) from error
    if mode & 0o007:
        raise InvalidFile(file.name, ["everybody on this machine may read it: chmod 600"])
    if len(secret) < least:
        raise InvalidFile(file.name, [f"the secret must have {least} characters or more"])
    return secret


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
