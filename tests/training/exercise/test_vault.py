"""What is sealed cannot be read, altered or guessed."""

import secrets

import pytest

from analytics.training.exercise.vault import (
    SealBroken,
    list_sealed,
    make_key,
    read_key,
    seal,
    sealed_path,
    unseal,
)

KEY = secrets.token_bytes(32)


def test_what_was_sealed_comes_back_and_is_not_in_the_file(tmp_path):
    digest = seal(tmp_path, "seed.json", b"the seed is 1234567", KEY)

    assert unseal(tmp_path, "seed.json", KEY, digest) == b"the seed is 1234567"
    assert b"1234567" not in sealed_path(tmp_path, "seed.json").read_bytes()
    assert sealed_path(tmp_path, "seed.json").stat().st_mode & 0o777 == 0o600
    assert list_sealed(tmp_path) == ["seed.json"]


def test_the_same_content_has_another_digest_each_time(tmp_path):
    assert seal(tmp_path, "a", b"1", KEY) != seal(tmp_path, "a", b"1", KEY)


def test_an_altered_exchanged_or_missing_file_is_refused(tmp_path):
    digest = seal(tmp_path, "a", b"one", KEY)
    with pytest.raises(SealBroken, match="missing"):
        unseal(tmp_path, "b", KEY)
    seal(tmp_path, "b", b"two", KEY)
    with pytest.raises(SealBroken, match="not the one that was signed"):
        unseal(tmp_path, "b", KEY, digest)
    sealed_path(tmp_path, "b").rename(sealed_path(tmp_path, "a"))
    with pytest.raises(SealBroken, match="altered"):
        unseal(tmp_path, "a", KEY)
    with pytest.raises(SealBroken, match="altered"):
        unseal(tmp_path, "a", secrets.token_bytes(32))


def test_the_key_lies_elsewhere_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("ACHILLES_EXERCISE_KEYS", str(tmp_path / "keys"))
    with pytest.raises(SealBroken, match="not on this machine"):
        read_key("abc")

    make_key("abc")

    assert len(read_key("abc")) == 32
    assert (tmp_path / "keys/abc.key").stat().st_mode & 0o777 == 0o600
