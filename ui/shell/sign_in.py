"""The routes of signing in and out, and of one's own account: plain pages that need no Streamlit.

What a form sends is believed only from our own page (`ui.shell.gate` checks the origin of every change)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import cast
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from analytics.figures.theme import style_variables
from analytics.oversight import Actor
from analytics.oversight.accounts import (
    SignInRefused,
    UnusablePassword,
    change_password,
    check_password,
    find_person,
    set_second_factor,
    use_code,
)
from analytics.oversight.purposes import find_purpose
from analytics.oversight.roles import find_role
from analytics.store import open_store
from ui.shell.plain_page import STYLE, show_plain_page
from ui.shell.server_way import ServerWay, SignInRequest
from ui.shell.sign_in_pages import NO_STORE, own_path, show_account, show_first_sign_in, show_sign_in
from ui.shell.way_in import way_in

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
        return show_sign_in(way, request, _ENDED.get(request.query_params.get("ended", ""), ""))
    form = await _read_form(request)
    try:
        chosen = _read_choice(form)
        if way.provider is not None:
            return _send_to_provider(way, *await run_in_threadpool(way.provider.begin, chosen))
        actor = await run_in_threadpool(_identify, way, request, form, chosen)
        return await run_in_threadpool(open_session, way, request, actor, chosen)
    except SignInRefused as error:
        return show_sign_in(way, request, str(error), form, 403)


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
        answer = show_sign_in(way, request, str(error), status=403)
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
        headers=NO_STORE,
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
        return show_first_sign_in(way, "")
    form = await _read_form(request)
    try:
        await run_in_threadpool(_choose_password, way, request, form)
    except (SignInRefused, UnusablePassword) as error:
        return show_first_sign_in(way, str(error), 403)
    return RedirectResponse("/sign-in?ended=password-changed", 303, headers=NO_STORE)


async def sign_out(request: Request) -> Response:
    way = way_in()
    if request.scope["sign_in"] is not None:
        way.sessions.end(request.scope["sign_in"], "signed out")
    answer = RedirectResponse("/sign-in?ended=signed-out", 303, headers=NO_STORE)
    answer.delete_cookie(way.cookie, secure=way.secure, httponly=True, samesite="strict")
    return answer


async def account(request: Request) -> Response:
    """One's own password, second factor and sessions."""
    way, actor = way_in(), cast(Actor, request.scope["actor"])
    if not isinstance(way, ServerWay):
        return RedirectResponse("/", 303)
    if request.method == "GET":
        return show_account(way, actor)
    form = await _read_form(request)
    try:
        ended = await run_in_threadpool(_change_account, way, actor, form)
    except (SignInRefused, UnusablePassword) as error:
        return show_account(way, actor, str(error), 403)
    return RedirectResponse(f"/sign-in?ended={ended}", 303, headers=NO_STORE)


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
        headers=NO_STORE,
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
