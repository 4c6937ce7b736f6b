"""Two persons: what one asks for, another decides, and the first then does once."""

from datetime import timedelta

import pytest

from analytics.oversight import Actor, Refused
from analytics.oversight.approvals import (
    approve_request,
    find_approval,
    list_approvals,
    refuse_request,
    request_approval,
    use_approval,
)
from analytics.store import now, pretend

ASKER = Actor("ann", "senior analyst", "intelligence", "s1")
SECOND = Actor("bob", "commander", "tasking", "s2")
ACT, WHAT = "release edition", "product 1 version 1 to Harbour Police"


def use(store, actor=ASKER, act=ACT, what=WHAT):
    with store.write(changes_data=False) as cursor:
        use_approval(cursor, actor, act, what)


def test_an_approval_is_good_for_one_act_on_one_thing(store):
    number = request_approval(store, ASKER, ACT, WHAT, "asked by the port")
    assert [one.state for one in list_approvals(store, waiting=True)] == ["waiting"]
    with pytest.raises(Refused, match="two persons"):
        use(store)
    approve_request(store, SECOND, number)
    for other in (dict(what="product 2 version 1"), dict(act="erase"), dict(actor=SECOND)):
        with pytest.raises(Refused):
            use(store, **other)
    use(store)
    assert find_approval(store, ASKER, ACT, WHAT).state == "used"
    with pytest.raises(Refused):
        use(store)


def test_who_asked_or_has_not_the_role_decides_nothing(store):
    number = request_approval(store, ASKER, ACT, WHAT, "asked by the port")
    for other in (
        Actor("ann", "commander", "tasking", "s3"),
        Actor("cy", "analyst", "intelligence", "s4"),
        Actor("di", "administrator", "administration", "s5"),
        Actor("ed", "inspector", "inspection", "s6"),
    ):
        with pytest.raises(Refused):
            approve_request(store, other, number)
    refuse_request(store, SECOND, number, "not yet")
    with pytest.raises(ValueError, match="refused"):
        approve_request(store, SECOND, number)
    with pytest.raises(Refused):
        use(store)


def test_a_request_that_nobody_may_make_or_that_nobody_needs(store):
    with pytest.raises(Refused):
        request_approval(store, Actor("cy", "partner", "investigation", "s"), ACT, WHAT, "for a friend")
    with pytest.raises(ValueError, match="second"):
        request_approval(store, ASKER, "save finding", "finding 1", "no need")
    with pytest.raises(ValueError, match="reason"):
        request_approval(store, ASKER, ACT, WHAT, " ")
    with pytest.raises(KeyError):
        approve_request(store, SECOND, 99)


def test_an_approval_expires(store):
    number = request_approval(store, ASKER, ACT, WHAT, "asked by the port")
    approve_request(store, SECOND, number)
    with pretend(now() + timedelta(days=8)):
        assert find_approval(store, ASKER, ACT, WHAT).state == "expired"
        with pytest.raises(Refused):
            use(store)


def test_alone_on_a_machine_a_colleague_with_another_account_approves(store):
    number = request_approval(store, Actor("ann"), "export unmasked rows", "account 1", "court order")
    with pytest.raises(Refused, match="Somebody else"):
        approve_request(store, Actor("ann"), number)
    with pytest.raises(Refused, match="achilles approvals approve"):
        use(store, Actor("ann"), "export unmasked rows", "account 1")
    approve_request(store, Actor("bob"), number)
    use(store, Actor("ann"), "export unmasked rows", "account 1")
