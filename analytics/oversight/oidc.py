"""Sign-in by an OpenID provider: the authorisation code flow with PKCE, a state and a nonce.

The only part of Achilles that opens a connection: to the issuer in the settings, when somebody signs in that
way, and never otherwise."""

from __future__ import annotations

import secrets
import threading
import time
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from analytics.oversight.accounts import SignInRefused
from analytics.oversight.server_settings import OidcSettings

with warnings.catch_warnings():  # Authlib would have its users move to a later httpx
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

_PENDING_SECONDS = 600
_MOST_PENDING = 1000
_TIMEOUT_SECONDS = 10
_CLOCKS_DIFFER_BY = 60  # seconds
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]  # none with a shared secret
_Chosen = TypeVar("_Chosen")


@dataclass(frozen=True)
class _Pending(Generic[_Chosen]):
    nonce: str
    verifier: str
    chosen: _Chosen
    at: float


@dataclass(frozen=True)
class Identified(Generic[_Chosen]):
    """Whom the provider named, the roles of his or her groups, and what was chosen before."""

    name: str
    roles: tuple[str, ...]
    chosen: _Chosen


class OidcProvider(Generic[_Chosen]):
    """One provider. Attempts to sign in wait in memory for ten minutes."""

    def __init__(self, settings: OidcSettings, client_secret: str, return_address: str):
        self._settings = settings
        self._client_secret = client_secret
        self._return_address = return_address
        self._pending: OrderedDict[str, _Pending[_Chosen]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, chosen: _Chosen) -> tuple[str, str]:
        """The address of the provider to go to, and the state that the browser brings back. Raises
        SignInRefused."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        try:
            found = self._discover()
            with self._open_client() as client:
                address, _ = client.create_authorization_url(
                    found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
                )
        except (httpx.HTTPError, AuthlibBaseError, KeyError, ValueError) as error:
            raise _refuse(error) from error
        with self._lock:
            self._pending[state] = _Pending(nonce, verifier, chosen, time.monotonic())
            while len(self._pending) > _MOST_PENDING:
                self._pending.popitem(last=False)
        return str(address), state

    def finish(self, state: str, code: str) -> Identified[_Chosen]:
        """Whom the provider named. A state counts once. Raises SignInRefused."""
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or time.monotonic() - pending.at > _PENDING_SECONDS:
            raise SignInRefused("This attempt to sign in is too old. Begin again.")
        try:
            claims = self._exchange(code, pending)
        except (httpx.HTTPError, AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise _refuse(error) from error
        name = claims.get(self._settings.name_claim)
        groups = claims.get(self._settings.groups_claim, [])
        if not isinstance(name, str) or not name.strip() or not name.isprintable():
            raise SignInRefused("The provider did not say who you are.")
        known = self._settings.roles
        roles = tuple(dict.fromkeys(known[group] for group in _read_groups(groups) if group in known))
        if not roles:
            raise SignInRefused("None of your groups has a role here.")
        return Identified(name.strip(), roles, pending.chosen)

    def _exchange(self, code: str, pending: _Pending[_Chosen]) -> dict[str, Any]:
        """The checked claims of the ID token that the code stands for."""
        found = self._discover()
        with self._open_client() as client:
            token = client.fetch_token(
                found["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=pending.verifier,
            )
        keys = KeySet.import_key_set(_fetch(found["jwks_uri"]))
        decoded = jwt.decode(token["id_token"], keys, algorithms=_ALGORITHMS)
        jwt.JWTClaimsRegistry(
            leeway=_CLOCKS_DIFFER_BY,
            iss={"essential": True, "value": found["issuer"]},
            aud={"essential": True, "value": self._settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": pending.nonce},
        ).validate(decoded.claims)
        return dict(decoded.claims)

    def _discover(self) -> dict[str, Any]:
        issuer = self._settings.issuer.rstrip("/")
        found: dict[str, Any] = _fetch(f"{issuer}/.well-known/openid-configuration")
        if str(found["issuer"]).rstrip("/") != issuer:
            raise ValueError("the provider calls itself by another name")
        return found

    def _open_client(self) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._settings.client_id,
            client_secret=self._client_secret,
            redirect_uri=self._return_address,
            scope=" ".join(self._settings.scopes),
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )


def _fetch(address: str) -> Any:
    """JSON of the provider's own, without any redirection. Raises httpx.HTTPError, ValueError."""
    answer = httpx.get(address, timeout=_TIMEOUT_SECONDS, follow_redirects=False, trust_env=False)
    return answer.raise_for_status().json()


def _read_groups(groups: object) -> list[str]:
    if isinstance(groups, str):
        return groups.split()
    return [group for group in groups if isinstance(group, str)] if isinstance(groups, list) else []


def _refuse(error: Exception) -> SignInRefused:
    """In words that name neither a person nor a secret."""
    return SignInRefused(f"The provider could not sign you in ({type(error).__name__}). Try again.")
