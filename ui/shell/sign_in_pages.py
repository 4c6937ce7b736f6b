"""The pages of signing in: plain HTML from our own templates, every word of a person escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pyotp
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from analytics.oversight import Actor
from analytics.oversight.accounts import SHORTEST_PASSWORD
from analytics.oversight.purposes import list_purposes
from analytics.oversight.roles import list_roles
from analytics.shared.wording import write_moment
from ui.shell.plain_page import show_plain_page
from ui.shell.server_way import ServerWay

NO_STORE = {"Cache-Control": "no-store"}
_PASSWORD_FIELDS = """
<label for="name">Name</label>
<input id="name" name="name" value="{name}" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<label for="factor">Code of your second factor <small>(if you have one)</small></label>
<input id="factor" name="factor" inputmode="numeric" autocomplete="one-time-code">
"""
_SIGN_IN = """
<h1>Sign in to Achilles</h1>
{message}
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="{next}">
{fields}
<label for="purpose">What do you work on?</label>
<select id="purpose" name="purpose" required>{purposes}</select>
<label for="reason">Case, operation or complaint <small>(where the purpose wants one)</small></label>
<input id="reason" name="reason" value="{reason}" maxlength="200">
<label for="role">Role <small>(if you have several)</small></label>
<select id="role" name="role">{roles}</select>
<button>{button}</button>
</form>
{further}
<p><small>Your name, role and purpose are recorded with everything you open, save and export.
Signed in already? <a href="{next}">Continue</a>.</small></p>
"""
_FIRST_TIME = '<p><a href="/sign-in/code">I have a one-time code</a></p>'
_FIRST_SIGN_IN = """
<h1>Choose a password</h1>
{message}
<form method="post" action="/sign-in/code">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" required autofocus>
<label for="code">One-time code</label>
<input id="code" name="code" autocomplete="off" required>
<label for="password">New password <small>({least} characters or more)</small></label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="{least}" required>
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
{factor}
<button>Choose it</button>
</form>
<p><a href="/sign-in">Back to sign-in</a></p>
"""
_ACCOUNT = """
<h1>{name}</h1>
{message}
<h2>Open sessions</h2>
<ul>{sessions}</ul>
<form method="post" action="/account">
<input type="hidden" name="act" value="end sessions">
<button>End them all</button>
</form>
{parts}
<p><a href="/">Back to Achilles</a></p>
"""
_OWN_SECRETS = """
<h2>Password</h2>
<form method="post" action="/account">
<input type="hidden" name="act" value="password">
<label for="old">Present password</label>
<input id="old" name="old" type="password" autocomplete="current-password" required>
<label for="password">New password <small>({least} characters or more)</small></label>
<input id="password" name="password" type="password" autocomplete="new-password" minlength="{least}" required>
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
<button>Change it</button>
</form>
<h2>Second factor</h2>
<form method="post" action="/account">
<input type="hidden" name="act" value="second factor">
<label for="present">Present password</label>
<input id="present" name="old" type="password" autocomplete="current-password" required>
{factor}
<button>Use a second factor</button>
</form>
"""
_NEW_FACTOR = """
<p>Enter this key in an authenticator app, then the code that it shows:<br><code>{spaced}</code><br>
<a href="{address}">Open in an app on this device</a></p>
<input type="hidden" name="secret" value="{secret}">
<label for="factor">Code of the second factor</label>
<input id="factor" name="factor" inputmode="numeric" autocomplete="one-time-code" required>
"""


def own_path(path: str) -> str:
    """A path of this server; the start where it is an address of anywhere else."""
    is_own = path.startswith("/") and path.isprintable() and path[1:2] not in ("/", "\\")
    return path if is_own and "\\" not in path else "/"


def show_sign_in(
    way: ServerWay, request: Request, message: str, form: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    before = form or request.query_params
    name = way.named_by_proxy(request)
    fields = {
        "password": _PASSWORD_FIELDS.format(name=escape(str(before.get("name", "")), quote=True)),
        "proxy": f"<p>You are <strong>{escape(name or 'nobody whom the proxy names')}</strong>.</p>",
        "oidc": "",
    }[way.settings.way_in]
    button = f"Sign in with {way.settings.oidc.label}" if way.settings.oidc else "Sign in"
    purposes = [(purpose.code, purpose.label) for purpose in list_purposes()]
    roles = [("", "my only role"), *((role.code, role.label) for role in list_roles())]
    body = _SIGN_IN.format(
        message=_say(message, refused=status != 200),
        fields=fields,
        purposes=_options([("", "Choose …"), *purposes], str(before.get("purpose", ""))),
        roles=_options(roles, str(before.get("role", ""))),
        reason=escape(str(before.get("reason", "")), quote=True),
        next=escape(own_path(str(before.get("next", "/"))), quote=True),
        button=escape(button),
        further=_FIRST_TIME if way.settings.way_in == "password" else "",
    )
    return HTMLResponse(show_plain_page("Sign in to Achilles", body), status, headers=NO_STORE)


def show_first_sign_in(way: ServerWay, message: str, status: int = 200) -> Response:
    factor = _write_new_factor("a new account") if way.settings.second_factor == "required" else ""
    body = _FIRST_SIGN_IN.format(message=_say(message, refused=True), least=SHORTEST_PASSWORD, factor=factor)
    return HTMLResponse(show_plain_page("Choose a password", body), status, headers=NO_STORE)


def show_account(way: ServerWay, actor: Actor, message: str = "", status: int = 200) -> Response:
    open_ones = "".join(
        f"<li>{write_moment(session.opened_at)} UTC, {escape(session.actor.role)}</li>"
        for session in way.sessions.list_open(actor.name)
    )
    parts = ""
    if way.settings.way_in == "password":
        parts = _OWN_SECRETS.format(factor=_write_new_factor(actor.name), least=SHORTEST_PASSWORD)
    body = _ACCOUNT.format(
        message=_say(message, refused=True), name=escape(actor.name), sessions=open_ones, parts=parts
    )
    return HTMLResponse(show_plain_page("Your account", body), status, headers=NO_STORE)


def _write_new_factor(name: str) -> str:
    """A new key for an authenticator, and the field for the code that it then shows."""
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret, name=name, issuer="Achilles").provisioning_uri()
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return _NEW_FACTOR.format(secret=secret, spaced=spaced, address=escape(address, quote=True))


def _say(text: str, *, refused: bool) -> str:
    if not text:
        return ""
    kind, role = ("refused", "alert") if refused else ("told", "status")
    return f'<p class="{kind}" role="{role}">{escape(text)}</p>'


def _options(pairs: Sequence[tuple[str, str]], chosen: str) -> str:
    return "".join(
        f'<option value="{escape(code, quote=True)}"{" selected" if code == chosen else ""}>'
        f"{escape(label)}</option>"
        for code, label in pairs
    )
