"""Pseudonyms for the people who rate: a signed token in the browser, a keyed hash in the database.

The token says that this server once gave it out, and nothing of the person. The pseudonym cannot be turned
back into the token without the server's secret, so publishing ratings lets nobody rate in another's name.
No address and no name is kept.
"""

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from ratings.errors import StoreError
from ratings.settings import Settings

_RANDOM_BYTES = 18
_TOKEN_LIMIT = 128
_SECRET_BYTES = 32


def new_token(secret: bytes) -> str:
    """Return a random token for a new browser, signed with `secret`: URL-safe, 68 characters.

    >>> rater_id(b"key", new_token(b"key")) is None
    False
    """
    name = secrets.token_urlsafe(_RANDOM_BYTES)
    return f"{name}.{_signature(secret, name)}"


def rater_id(secret: bytes, token: object) -> str | None:
    """Return the pseudonym (64 hex digits) of the browser with `token`; None if `secret` did not sign it.

    >>> rater_id(b"key", "made up") is None
    True
    """
    if not isinstance(token, str) or len(token) > _TOKEN_LIMIT or not token.isascii():
        return None
    name, _, signature = token.partition(".")
    if not hmac.compare_digest(signature, _signature(secret, name)):
        return None
    return hmac.digest(secret, b"rater:" + name.encode(), "sha256").hex()


def load_secret(settings: Settings) -> bytes:
    """Return PATINA_SECRET, or the secret in the data folder, made at random the first time.

    The file is named `secret`, readable by its owner alone. Processes that start at the same time get the
    same secret. Whoever loses it makes every rater a new person.

    Raises StoreError: the file can be neither read nor made, or is damaged.
    """
    if settings.secret is not None:
        return settings.secret.encode(errors="surrogateescape")
    file = settings.data_dir / "secret"
    try:
        if not file.exists():
            _make_secret(file)
        return _checked(file.read_bytes(), file)
    except OSError as error:
        raise StoreError(
            f"The secret that signs raters' tokens cannot be kept in {file}: {error.strerror}. "
            "Make the folder writable, or set PATINA_SECRET."
        ) from error


def _signature(secret: bytes, name: str) -> str:
    digest = hmac.digest(secret, b"token:" + name.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _make_secret(file: Path) -> None:
    """Write a new secret beside `file`, then link it there: whole when first seen, never replaced."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"secret.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(_SECRET_BYTES).encode())
            stream.flush()
            os.fsync(descriptor)
        file.hardlink_to(draft)
    except FileExistsError:  # another process was faster: its secret is the one
        pass
    finally:
        draft.unlink()


def _checked(content: bytes, file: Path) -> bytes:
    expected = 2 * _SECRET_BYTES
    if len(content) != expected:
        raise StoreError(
            f"The secret in {file} is damaged: expected {expected} hex digits, found {len(content)} bytes. "
            "Restore it from a backup, or delete it: then every rater counts as a new person."
        )
    return content
