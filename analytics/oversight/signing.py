"""The key that signs tree heads (Ed25519), and the file of heads: both outside the store.

`ACHILLES_SIGNING_KEY` names the key's file, `ACHILLES_HEADS` the file of heads; without them they lie in the
user's settings folder, `achilles/signing-key.pem` and `achilles/heads.jsonl`. The key is made on first use,
readable by its owner alone. Let another account own the file of heads, append-only (`chattr +a`): whoever
owns the store then cannot rewrite what was published.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class UnusableKey(RuntimeError):
    """The signing key cannot be read, or is none. The message says why and what to do."""


def settings_folder() -> Path:
    """Where the system keeps this user's settings of Achilles."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming") / "Achilles"
    if sys.platform == "darwin":
        return Path.home() / "Library/Preferences/Achilles"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "achilles"


def key_path() -> Path:
    """The file of the signing key."""
    named = os.environ.get("ACHILLES_SIGNING_KEY")
    return Path(named) if named else settings_folder() / "signing-key.pem"


def heads_path() -> Path:
    """The file to which signed heads are appended."""
    named = os.environ.get("ACHILLES_HEADS")
    return Path(named) if named else settings_folder() / "heads.jsonl"


def load_key(*, create: bool = True) -> Ed25519PrivateKey | None:
    """The signing key, made where there is none, or None without `create`. Raises UnusableKey."""
    path = key_path()
    try:
        if create and not path.exists():
            _make_key(path)
        if not path.exists():
            return None
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise UnusableKey(
            f"The signing key {path} cannot be used: {error}. Name another with ACHILLES_SIGNING_KEY."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"The signing key {path} is no Ed25519 key.")
    return key


def write_public(key: Ed25519PrivateKey) -> str:
    """The public half of a key, in hex."""
    return key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()


def name_key(public: str) -> str:
    """A short name of a public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_signed(public: str, signature: str, content: bytes) -> bool:
    """Whether the signature of `content` is of this public key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        os.fsync(file.fileno())
    try:
        os.link(partial, path)  # never over a key that another process has just made
    except FileExistsError:
        pass
    finally:
        partial.unlink()
