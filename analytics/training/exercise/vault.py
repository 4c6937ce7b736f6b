"""What is sealed before an exercise starts: encrypted files, and the signed digests that they are held to.

Each exercise has a key of 256 random bits. Until the reveal it lies in the trainer's settings folder, never
in the exercise's: who reads or copies that folder has no truth. A digest covers 32 random bytes before the
content, so that nobody can try contents until one fits.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from analytics.oversight.signing import settings_folder
from analytics.store.copies import open_private

_NONCE, _SALT = 12, 32
_SUFFIX = ".sealed"


class SealBroken(ValueError):
    """A sealed file is missing, was altered, or its key is not on this machine. The message says which."""


def make_key(exercise_id: str) -> None:
    """Make the key of a new exercise, for this account alone."""
    path = _key_path(exercise_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_private(path) as file:
        file.write(secrets.token_bytes(32))


def read_key(exercise_id: str) -> bytes:
    """The key of an exercise. Raises SealBroken where it is not on this machine."""
    try:
        return _key_path(exercise_id).read_bytes()
    except FileNotFoundError as error:
        raise SealBroken(
            f"The key of this exercise is not on this machine: {_key_path(exercise_id)} is missing. Only the "
            "trainer's account that made the exercise can open it before the reveal."
        ) from error


def seal(folder: Path, name: str, content: bytes, key: bytes) -> str:
    """Encrypt `content` as `folder/name.sealed`; returns its digest in hex."""
    salted = secrets.token_bytes(_SALT) + content
    nonce = secrets.token_bytes(_NONCE)
    path = sealed_path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_private(path) as file:
        file.write(nonce + AESGCM(key).encrypt(nonce, salted, name.encode()))
    return hashlib.sha256(salted).hexdigest()


def unseal(folder: Path, name: str, key: bytes, digest: str | None = None) -> bytes:
    """The content of a sealed file, which must have this digest. Raises SealBroken."""
    try:
        data = sealed_path(folder, name).read_bytes()
        salted = AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], name.encode())
    except FileNotFoundError as error:
        raise SealBroken(f"The sealed file {name} is missing.") from error
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"The sealed file {name} was altered, or is of another exercise.") from error
    if digest is not None and hashlib.sha256(salted).hexdigest() != digest:
        raise SealBroken(f"The sealed file {name} is not the one that was signed before the start.")
    return salted[_SALT:]


def sealed_path(folder: Path, name: str) -> Path:
    """Where the sealed file of this name lies."""
    return folder / f"{name}{_SUFFIX}"


def list_sealed(folder: Path) -> list[str]:
    """The names of the sealed files directly in a folder, sorted."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


def _key_path(exercise_id: str) -> Path:
    named = os.environ.get("ACHILLES_EXERCISE_KEYS")
    return (Path(named) if named else settings_folder() / "exercises") / f"{exercise_id}.key"
