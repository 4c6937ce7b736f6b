"""Sign-in by a provider, round trip against a mock of one, and the ways in which it is refused."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import User, run_server_in_thread

from analytics.oversight import oidc
from analytics.oversight.accounts import SignInRefused
from analytics.oversight.oidc import OidcProvider
from analytics.oversight.server_settings import OidcSettings

RETURN = "http://localhost:9/sign-in/return"


@pytest.fixture(scope="module")
def issuer():
    people = [
        User(sub="ana", claims={"preferred_username": "Ana Lim", "groups": ["ilp", "x"]}),
        User(sub="bea", claims={"preferred_username": "Bea", "groups": ["other"]}),
    ]
    with run_server_in_thread(require_nonce=True, user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


def provider(issuer, **more):
    settings = OidcSettings(
        issuer=issuer, client_id="achilles", client_secret_file="x", roles={"ilp": "analyst"}, **more
    )
    return OidcProvider(settings, "a secret of sixteen", RETURN)


def visit(address, person):
    """The code and state that a browser brings back once somebody has signed in at the provider."""
    answer = httpx.post(address, data={"sub": person}, trust_env=False)
    back = urlsplit(answer.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == RETURN
    found = parse_qs(back.query)
    return found["state"][0], found["code"][0]


def test_the_provider_names_a_person_whose_groups_give_roles(issuer):
    signing = provider(issuer)
    address, state = signing.begin("what was chosen")
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["nonce"] and asked["state"] == [state]
    found = signing.finish(*visit(address, "ana"))
    assert (found.name, found.roles, found.chosen) == ("Ana Lim", ("analyst",), "what was chosen")


def test_a_state_counts_once_and_only_here(issuer):
    signing = provider(issuer)
    state, code = visit(signing.begin(None)[0], "ana")
    with pytest.raises(SignInRefused, match="too old"):
        provider(issuer).finish(state, code)
    signing.finish(state, code)
    with pytest.raises(SignInRefused, match="too old"):
        signing.finish(state, code)


def test_an_attempt_waits_ten_minutes(issuer, monkeypatch):
    signing = provider(issuer)
    state, code = visit(signing.begin(None)[0], "ana")
    monkeypatch.setattr("analytics.oversight.oidc._PENDING_SECONDS", -1)
    with pytest.raises(SignInRefused, match="too old"):
        signing.finish(state, code)


def test_a_code_of_another_attempt_has_the_wrong_nonce(issuer):
    signing = provider(issuer)
    _, code = visit(signing.begin(None)[0], "ana")
    state, _ = visit(signing.begin(None)[0], "ana")
    with pytest.raises(SignInRefused, match="could not sign you in"):
        signing.finish(state, code)


def test_somebody_of_no_known_group_has_no_role(issuer):
    signing = provider(issuer)
    with pytest.raises(SignInRefused, match="None of your groups"):
        signing.finish(*visit(signing.begin(None)[0], "bea"))


@pytest.mark.parametrize("changed", [{"aud": "other"}, {"iss": "http://other"}, {"exp": 1}, {"nonce": "x"}])
def test_a_token_that_was_not_made_for_this_attempt_is_refused(issuer, monkeypatch, changed):
    signing = provider(issuer)
    state, code = visit(signing.begin(None)[0], "ana")
    decode = oidc.jwt.decode

    def decode_changed(*given, **more):
        token = decode(*given, **more)
        token.claims.update(changed)
        return token

    monkeypatch.setattr(oidc.jwt, "decode", decode_changed)
    with pytest.raises(SignInRefused, match="could not sign you in"):
        signing.finish(state, code)


def test_a_provider_that_calls_itself_otherwise_is_refused(issuer, monkeypatch):
    fetch = oidc._fetch
    monkeypatch.setattr(oidc, "_fetch", lambda address: fetch(address) | {"issuer": "http://elsewhere"})
    with pytest.raises(SignInRefused):
        provider(issuer).begin(None)


def test_a_provider_that_is_away_refuses_in_words():
    with pytest.raises(SignInRefused, match="could not sign you in"):
        provider("http://127.0.0.1:9").begin(None)
