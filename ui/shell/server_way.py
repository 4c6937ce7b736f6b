"""People sign in: by a password, by an OpenID provider, or as the proxy in front names them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response

from analytics.oversight.oidc import OidcProvider
from analytics.oversight.server_settings import ServerSettings, read_secret
from analytics.oversight.sessions import Session, Sessions
from analytics.store import open_store
from ui.shell.plain_page import wants_page


@dataclass(frozen=True)
class SignInRequest:
    """What somebody chose on the sign-in page, apart from who it is."""

    purpose: str
    reason: str
    role: str
    next: str


class ServerWay:
    """Nobody gets in but through the sign-in page, whatever the way."""

    def __init__(self, settings: ServerSettings):
        self.settings = settings
        self.sessions = Sessions(settings.limits, open_store)
        self._proxy_secret = (
            read_secret(settings.proxy.secret_file) if settings.way_in == "proxy" and settings.proxy else ""
        )
        self.provider: OidcProvider[SignInRequest] | None = None
        if settings.way_in == "oidc" and settings.oidc:
            returns_to = f"{settings.public_address.rstrip('/')}/sign-in/return"
            secret = read_secret(settings.oidc.client_secret_file)
            self.provider = OidcProvider(settings.oidc, secret, returns_to)

    @property
    def secure(self) -> bool:
        return self.settings.is_secure

    @property
    def cookie(self) -> str:
        """With `__Host-` a browser takes it from this very host alone, by HTTPS."""
        return "__Host-achilles" if self.secure else f"achilles-{self.settings.port}"

    async def admit(self, request: HTTPConnection) -> Session | Response | None:
        return None

    def accepts(self, request: HTTPConnection, session: Session) -> bool:
        """Where a proxy signs people in, it must name the same person with every request."""
        if session.way != self.settings.way_in:
            return False
        return self.settings.way_in != "proxy" or self.named_by_proxy(request) == session.actor.name

    def refuse(self, request: HTTPConnection) -> Response:
        if wants_page(request):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(asked, safe='')}", 303)
        return JSONResponse({"error": "Sign in first."}, 401)

    def is_from_proxy(self, request: HTTPConnection) -> bool:
        """Whether the request comes from a proxy of ours: by the socket, which has no address, or by one of
        the addresses in the settings."""
        if request.client is None or not request.client.host:
            return bool(self.settings.socket)
        return request.client.host in self.settings.proxies

    def named_by_proxy(self, request: HTTPConnection) -> str | None:
        """Whom the proxy names. Nobody where the header comes twice, from elsewhere, or without the
        secret."""
        proxy = self.settings.proxy
        if proxy is None or not self.is_from_proxy(request):
            return None
        names = request.headers.getlist(proxy.header)
        sent = request.headers.getlist(proxy.secret_header)
        if len(names) != 1 or len(sent) != 1 or not names[0].strip():
            return None
        if not secrets.compare_digest(sent[0].encode("latin-1"), self._proxy_secret.encode()):
            return None
        return names[0].strip()

    def find_address(self, request: HTTPConnection) -> str | None:
        """Where the browser is, for the delay after wrong attempts: what our own proxy added last."""
        if self.is_from_proxy(request):
            return request.headers.get("x-forwarded-for", "").split(",")[-1].strip() or None
        return request.client.host if request.client else None
