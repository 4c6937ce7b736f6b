"""The routes of signing in and out, and of one's own account: plain pages that need no Streamlit.

What a form sends is believed only from our own page (`ui.shell.gate` checks the origin of every change)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import cast
from urllib.parse import parse_qsl

import pyotp
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from analytics.figures.theme import style_variables
from analytics.oversight import Actor
from analytics.oversight.accounts import (
    SHORTEST_PASSWORD,
    SignInRefused,
    UnusablePassword,
    change_password,
    check_password,
    find_person,
    set_second_factor,
    use_code,
)
from analytics.oversight.purposes import find_purpose, list_purposes
from analytics.oversight.roles import find_role, list_roles
from analytics.shared.wording import write_moment
from analytics.store import open_store
from ui.shell.plain_page import STYLE, show_plain_page
from ui.shell.server_way import ServerWay, SignInRequest
from ui.shell.way_in import way_in

_NO_STORE = {"Cache-Control": "no-store"}
_SHORTEST_REASON = 5
_LONGEST_REASON = 200
_LARGEST_FORM = 16_384  # bytes
_ENDED = {
    "idle": "You were signed out: nothing was done for a while.",
    "too-old": "You were signed out: a session lasts no longer.",
    "signed-out": "You are signed out.",
    "roles-changed": "You were signed out: your roles have changed.",
    "disabled": "You were signed out.",
    "reset": "You were signed out.",
    "password-changed": "Your password is changed. Sign in with the new one.",
    "second-factor-changed": "Your second factor is set. Sign in with it.",
}


def routes() -> list[Route]:
    return [
        Route("/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/sign-in/return", return_from_provider),
        Route("/sign-in/code", first_sign_in, methods=["GET", "POST"]),
        Route("/sign-in/style.css", plain_style),
        Route("/sign-out", sign_out, methods=["POST"]),
        Route("/account", account, methods=["GET", "POST"]),
    ]


async def plain_style(request: Request) -> Response:
    """The style of these pages."""
    return Response(style_variables() + STYLE.read_text(encoding="utf-8"), media_type="text/css")


async def sign_in(request: Request) -> Response:
    """The page, and what its form sends."""
    way = way_in()
    if not isinstance(way, ServerWay):
        return way.refuse(request)
    if request.method == "GET":
        return _show_sign_in(way, request, _ENDED.get(request.query_params.get("ended", ""), ""))
    form = await _read_form(request)
    try:
        chosen = _read_choice(form)
        if way.provider is not None:
            return _send_to_provider(way, *await run_in_threadpool(way.provider.begin, chosen))
        actor = await run_in_threadpool(_identify, way, request, form, chosen)
        return await run_in_threadpool(open_session, way, request, actor, chosen)
    except SignInRefused as error:
        return _show_sign_in(way, request, str(error), form, 403)


async def return_from_provider(request: Request) -> Response:
    """Where the provider sends a browser back to: the same that it was sent from, by a cookie of its own."""
    way = way_in()
    if not isinstance(way, ServerWay) or way.provider is None:
        return way.refuse(request)
    state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
    try:
        own = request.cookies.get(_name_state_cookie(way), "")
        if not code or not own or not secrets.compare_digest(own.encode(), state.encode()):
            raise SignInRefused("The provider sent no answer to this browser. Begin again.")
        found = await run_in_threadpool(way.provider.finish, state, code)
        person = await run_in_threadpool(find_person, open_store(), found.name)
        if person is not None and person.is_disabled:
            raise SignInRefused("You may not sign in here.")
        actor = Actor(found.name, choose_role(found.roles, found.chosen), found.chosen.purpose)
        answer = await run_in_threadpool(open_session, way, request, actor, found.chosen)
    except SignInRefused as error:
        answer = _show_sign_in(way, request, str(error), status=403)
    answer.delete_cookie(_name_state_cookie(way), secure=way.secure, httponly=True, samesite="lax")
    return answer


def _send_to_provider(way: ServerWay, address: str, state: str) -> Response:
    """By a page of ours: the policy forbids a form that leads elsewhere. The cookie is lax, since it is the
    provider that sends the browser back."""
    onward = escape(address, quote=True)
    answer = HTMLResponse(
        show_plain_page(
            "Achilles",
            f'<h1>One moment</h1><p><a href="{onward}">Go on to sign in</a></p>',
            f'<meta http-equiv="refresh" content="0;url={onward}">',
        ),
        headers=_NO_STORE,
    )
    answer.set_cookie(
        _name_state_cookie(way), state, max_age=600, httponly=True, secure=way.secure, samesite="lax"
    )
    return answer


def _name_state_cookie(way: ServerWay) -> str:
    return f"{way.cookie}-state"


async def first_sign_in(request: Request) -> Response:
    """Choose a password by a one-time code; then sign in with it."""
    way = way_in()
    if not isinstance(way, ServerWay) or way.settings.way_in != "password":
        return way.refuse(request)
    if request.method == "GET":
        return _show_first_sign_in(way, "")
    form = await _read_form(request)
    try:
        await run_in_threadpool(_choose_password, way, request, form)
    except (SignInRefused, UnusablePassword) as error:
        return _show_first_sign_in(way, str(error), 403)
    return RedirectResponse("/sign-in?ended=password-changed", 303, headers=_NO_STORE)


async def sign_out(request: Request) -> Response:
    way = way_in()
    if request.scope["sign_in"] is not None:
        way.sessions.end(request.scope["sign_in"], "signed out")
    answer = RedirectResponse("/sign-in?ended=signed-out", 303, headers=_NO_STORE)
    answer.delete_cookie(way.cookie, secure=way.secure, httponly=True, samesite="strict")
    return answer


async def account(request: Request) -> Response:
    """One's own password, second factor and sessions."""
    way, actor = way_in(), cast(Actor, request.scope["actor"])
    if not isinstance(way, ServerWay):
        return RedirectResponse("/", 303)
    if request.method == "GET":
        return _show_account(way, actor)
    form = await _read_form(request)
    try:
        ended = await run_in_threadpool(_change_account, way, actor, form)
    except (SignInRefused, UnusablePassword) as error:
        return _show_account(way, actor, str(error), 403)
    return RedirectResponse(f"/sign-in?ended={ended}", 303, headers=_NO_STORE)


def open_session(way: ServerWay, request: Request, actor: Actor, chosen: SignInRequest) -> Response:
    """Begin a session and send the browser on. A session that it had before ends: nobody signs another in.

    The browser goes on by itself from a page of ours, because it sends a strict cookie only then."""
    if request.scope["sign_in"] is not None:
        way.sessions.end(request.scope["sign_in"], "signed out")
    secret, _ = way.sessions.open(actor, way.settings.way_in, chosen.reason)
    onward = escape(own_path(chosen.next), quote=True)
    answer = HTMLResponse(
        show_plain_page(
            "Achilles",
            f'<h1>You are signed in</h1><p><a href="{onward}">Open Achilles</a></p>',
            f'<meta http-equiv="refresh" content="0;url={onward}">',
        ),
        headers=_NO_STORE,
    )
    answer.set_cookie(way.cookie, secret, httponly=True, secure=way.secure, samesite="strict")
    return answer


def choose_role(roles: Sequence[str], chosen: SignInRequest) -> str:
    """The role of the session: the one that was chosen, or the only one. Raises SignInRefused."""
    role = chosen.role or (roles[0] if len(roles) == 1 else "")
    if not role:
        raise SignInRefused("You have several roles. Choose one of them.")
    if role not in roles:
        raise SignInRefused("You do not have this role.")
    if chosen.purpose not in find_role(role).purposes:
        raise SignInRefused("Your role does not allow this purpose. Choose another.")
    return role


def own_path(path: str) -> str:
    """A path of this server; the start where it is an address of anywhere else."""
    is_own = path.startswith("/") and path.isprintable() and path[1:2] not in ("/", "\\")
    return path if is_own and "\\" not in path else "/"


def _identify(way: ServerWay, request: Request, form: Mapping[str, str], chosen: SignInRequest) -> Actor:
    """Who it is, in which role and for which purpose. Raises SignInRefused."""
    if way.settings.way_in == "password":
        person = check_password(
            open_store(),
            _field(form, "name"),
            _field(form, "password"),
            _field(form, "factor"),
            way.find_address(request),
        )
        if way.settings.second_factor == "required" and not person.has_second_factor:
            raise SignInRefused("A second factor is needed here. Ask for a one-time code and choose both.")
    else:
        name = way.named_by_proxy(request)
        found = find_person(open_store(), name) if name else None
        if found is None or found.is_disabled:
            raise SignInRefused("The proxy named nobody who may sign in here.")
        person = found
    return Actor(person.name, choose_role(person.roles, chosen), chosen.purpose)


def _choose_password(way: ServerWay, request: Request, form: Mapping[str, str]) -> None:
    """By a one-time code; with a second factor where the server demands one."""
    if _field(form, "password") != _field(form, "again"):
        raise UnusablePassword("The two passwords differ.")
    secret, factor = _field(form, "secret"), _field(form, "factor")
    use_code(
        open_store(),
        _field(form, "name"),
        _field(form, "code"),
        _field(form, "password"),
        way.find_address(request),
        (secret, factor) if way.settings.second_factor == "required" else None,
    )


def _change_account(way: ServerWay, actor: Actor, form: Mapping[str, str]) -> str:
    """What a form of the account asks; why its sessions then ended."""
    act = _field(form, "act")
    if act == "end sessions":
        way.sessions.end_all(actor.name, "signed out", actor)
        return "signed-out"
    if way.settings.way_in != "password":
        raise SignInRefused("Here passwords are not used.")
    if act == "password":
        if _field(form, "password") != _field(form, "again"):
            raise UnusablePassword("The two passwords differ.")
        change_password(open_store(), actor, _field(form, "old"), _field(form, "password"))
        return "password-changed"
    set_second_factor(
        open_store(), actor, _field(form, "old"), _field(form, "secret"), _field(form, "factor")
    )
    return "second-factor-changed"


def _read_choice(form: Mapping[str, str]) -> SignInRequest:
    """Raises SignInRefused where the purpose is missing or wants a reason."""
    chosen = SignInRequest(
        _field(form, "purpose"), _field(form, "reason").strip(), _field(form, "role"), _field(form, "next")
    )
    try:
        purpose = find_purpose(chosen.purpose)
    except KeyError:
        raise SignInRefused("Choose a purpose.") from None
    if purpose.reason and len(chosen.reason) < _SHORTEST_REASON:
        raise SignInRefused("This purpose wants a reason: name the case, operation or complaint.")
    return replace(chosen, reason=chosen.reason[:_LONGEST_REASON])


def _field(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "")


async def _read_form(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is larger than ours can be, which is not read to its end."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
    except ValueError:  # more fields
        return {}


def _show_sign_in(
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
    return HTMLResponse(show_plain_page("Sign in to Achilles", body), status, headers=_NO_STORE)


def _show_first_sign_in(way: ServerWay, message: str, status: int = 200) -> Response:
    factor = _write_new_factor("a new account") if way.settings.second_factor == "required" else ""
    body = _FIRST_SIGN_IN.format(message=_say(message, refused=True), least=SHORTEST_PASSWORD, factor=factor)
    return HTMLResponse(show_plain_page("Choose a password", body), status, headers=_NO_STORE)


def _show_account(way: ServerWay, actor: Actor, message: str = "", status: int = 200) -> Response:
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
    return HTMLResponse(show_plain_page("Your account", body), status, headers=_NO_STORE)


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
