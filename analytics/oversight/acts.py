"""Every act, and the one answer to whether somebody may do it.

Pages, commands and routes ask `may` and hide, disable or refuse with its reason. What writes calls
`analytics.oversight.record`, which asks again inside the transaction: no page can forget. An act, role or
purpose that no table names is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from analytics.oversight.actor import Actor
from analytics.oversight.roles import PersonRole, find_role, list_roles, purpose_of, tier_of


class Refused(Exception):
    """The actor may not do this; the message says why, in words for the screen."""


class Handled(Protocol):
    """What bears a handling mark: a finding, a product, an edition."""

    @property
    def handling(self) -> str: ...


@dataclass(frozen=True)
class Permission:
    """Whether an act is allowed; where it is not, why. `needs_second`: a second person must approve it."""

    allowed: bool
    why: str = ""
    needs_second: bool = False

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True)
class Family:
    """Acts that a role does together. `does` follows 'The role does not ...'. `writes`: they change what is
    stored, so that an inspection refuses them; `reads`: they show intelligence."""

    does: str
    acts: tuple[str, ...]
    writes: bool = False
    reads: bool = False


SESSION = "session"  # whoever it is, known or not: an attempt to sign in has a record too
FAMILIES: dict[str, Family] = {
    SESSION: Family(
        "sign in or out",
        (
            "sign in",
            "sign-in refused",
            "sign out",
            "end session",
            "end sessions",
            "change purpose",
            "change password",
            "choose password",
            "set second factor",
            "refused",
        ),
    ),
    "read": Family(
        "read reports, findings and products",
        ("read finding", "read report", "read product", "search", "view referral"),
        reads=True,
    ),
    "rows": Family(
        "read the rows behind results",
        (
            "view rows",
            "view leads",
            "view lead",
            "view account",
            "view community",
            "view identifiers",
            "trace",
            "list evidence",
        ),
        reads=True,
    ),
    "reveal": Family(
        "see personal data unmasked",
        ("reveal personal data", "reveal possible victim", "hide personal data", "export unmasked rows"),
        reads=True,
    ),
    "export": Family("take files out", ("export *",), reads=True),
    "report": Family("submit reports", ("save report",), writes=True),
    "find": Family(
        "write findings",
        (
            "save finding",
            "revise finding",
            "check finding",
            "save driver",
            "link findings: *",
            "withdraw link of findings",
            "link reports: *",
            "withdraw link of reports",
        ),
        writes=True,
    ),
    "analyse": Family(
        "change what analyses rest on",
        (
            "make operations",
            "name corridors",
            "put on map",
            "keep hotspot",
            "retire hotspot",
            "load target",
            "load harm weights",
            "exchange rates",
            "judge adverts",
            "confirm link",
            "cut link",
            "withdraw link",
            "holders: *",
            "network: *",
        ),
        writes=True,
    ),
    "desk": Family(
        "save views, watches and cases",
        (
            "save view",
            "rename view",
            "share view",
            "share view no longer",
            "remove view",
            "restore view",
            "start watch",
            "look at watch",
            "stop watch",
            "resume watch",
            "add to case",
            "remove from case",
            "put back into case",
            "name case",
            "close case",
            "reopen case",
        ),
        writes=True,
    ),
    "collect": Family("ask for collection", ("save requirement",), writes=True),
    "task": Family(
        "write products",
        ("save *", "score proposal", "refer adverts", "save result", "judge lead"),
        writes=True,
    ),
    "follow": Family("record what became of an action", ("update action",), writes=True),
    "decide": Family(
        "decide on proposals", ("record decision", "open meeting", "close meeting"), writes=True
    ),
    "release": Family("release editions to partners", ("release edition",), writes=True),
    "exchange": Family("exchange cases with other units", ("receive", "export case"), writes=True),
    "data": Family(
        "import and remove sources",
        ("import", "import again", "import failed", "save mapping", "remove source"),
        writes=True,
    ),
    "train": Family(
        "run exercises and remove invented data",
        ("remove invented city", "run exercise", "begin exercise", "rewind exercise"),
        writes=True,
    ),
    "oversee": Family(
        "read the audit trail",
        ("read audit", "export audit", "verify audit", "draw sample", "judge sample"),
        reads=True,
    ),
    "person": Family(
        "search for everything recorded on a person", ("person search", "export person file"), reads=True
    ),
    "retain": Family(
        "review retention dates and answer complaints",
        ("review retention", "save complaint", "close complaint"),
        writes=True,
    ),
    "erase": Family("erase for good", ("erase", "prove erasure"), writes=True),
    "administer": Family(
        "manage people",
        ("add person", "change person", "disable person", "enable person", "unlock person", "reset password"),
        writes=True,
    ),
    "grant": Family("grant roles", ("grant role",), writes=True),
    "keep": Family(
        "back up and restore the store", ("backup", "restore", "export store", "move store"), writes=True
    ),
    "ask": Family("ask a second person for approval", ("request approval", "list approvals"), writes=True),
    "approve": Family("approve what others ask for", ("approve request", "refuse request"), writes=True),
}
TWO_PERSONS = frozenset(("release edition", "erase", "grant role", "export unmasked rows", "export store"))
OPENED = frozenset(("person search",))  # acts that a purpose must open for whoever has signed in
_PAGE = "view page "

_FAMILY_OF = {act: code for code, family in FAMILIES.items() for act in family.acts if "*" not in act}
_BEGINNINGS = {act[:-1]: code for code, family in FAMILIES.items() for act in family.acts if "*" in act}


def find_family(act: str) -> str | None:
    """The family of an act as the audit trail names it; None for one that no family names."""
    if act in _FAMILY_OF:
        return _FAMILY_OF[act]
    fitting = [beginning for beginning in _BEGINNINGS if act.startswith(beginning)]
    return _BEGINNINGS[max(fitting, key=len)] if fitting else None


def may(actor: Actor, act: str, object_: Handled | None = None) -> Permission:
    """Whether an actor may do an act (to something that bears a handling mark), for the purpose that the
    session has now. Opening a page is the act 'view page <its name>'."""
    if _FAMILY_OF.get(act) == SESSION:
        return Permission(True)
    try:
        role, purpose, tier = find_role(actor.role), purpose_of(actor), tier_of(actor)
    except (KeyError, ValueError) as error:
        return Permission(False, f"Refused: {error.args[0]}")
    if purpose is not None and role.purposes and purpose.code not in role.purposes:
        return Permission(False, f"The role {role.label} does not work for the purpose {purpose.label}.")
    if act.startswith(_PAGE):
        name = act.removeprefix(_PAGE)
        if name in role.pages or (actor.is_alone and name in role.pages_alone):
            return Permission(True)
        others = ", ".join(other.label for other in list_roles() if name in other.pages)
        to_whom = f" It is open to: {others}." if others else ""
        return Permission(False, f"This page is not open to the role {role.label}.{to_whom}")
    code = find_family(act)
    if code is None:
        return Permission(False, f"Nothing says who may {act}, so it is refused.")
    family = FAMILIES[code]
    if code not in _families(role, actor):
        return Permission(False, f"The role {role.label} does not {family.does}.")
    if purpose is not None:
        if family.writes and not purpose.writes:
            return Permission(False, f"For the purpose {purpose.label} nothing is saved or changed.")
        if family.reads and purpose.sources == "none":
            return Permission(False, f"For the purpose {purpose.label} no intelligence is read.")
        if act in OPENED and act not in purpose.opens:
            return Permission(False, f"The purpose {purpose.label} does not allow: {act}.")
    if object_ is not None and not tier.reads(object_.handling):
        return Permission(False, f"Its handling, {object_.handling}, does not allow the role {role.label}.")
    return Permission(True, needs_second=act in TWO_PERSONS)


def may_approve(actor: Actor, act: str) -> Permission:
    """Whether an actor may be the second person of an act. Alone on a machine everybody may whose role
    approves at all: whoever asked had another account."""
    if not (permission := may(actor, "approve request")):
        return permission
    role = find_role(actor.role)
    if actor.is_alone or find_family(act) in role.approves:
        return Permission(True)
    return Permission(False, f"The role {role.label} does not approve: {act}.")


def demand(actor: Actor, act: str, object_: Handled | None = None) -> Permission:
    """The permission for an act. Raises Refused, saying why, where there is none."""
    permission = may(actor, act, object_)
    if not permission:
        raise Refused(permission.why)
    return permission


def _families(role: PersonRole, actor: Actor) -> frozenset[str]:
    return role.does | role.alone if actor.is_alone else role.does
