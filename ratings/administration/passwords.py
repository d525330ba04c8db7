"""The administrator's password, known by a slow hash alone.

scrypt with N = 2¹⁵, r = 8, p = 3 is one of the settings of equal strength in OWASP's Password Storage Cheat
Sheet: it takes 32 MiB, and 0.27 s on one core of the machine this was written on. A process looks at one
guess at a time, so guesses that come together neither fill the memory nor hurry.
"""

import hmac
import threading
from hashlib import scrypt

COST = 2**15
BLOCK_SIZE = 8
PASSES = 3
_MEMORY = 64 * 2**20  # bytes OpenSSL may take; the hash takes 128 · COST · BLOCK_SIZE = 32 MiB and a little
LONGEST = 1024
"""The longest guess that is hashed, in characters."""

_ONE_AT_A_TIME = threading.Lock()


class Password:
    """A password that guesses are held against; every thread may use it.

    The salt comes of the server's `secret`, so that servers that share one know each other's sessions, and
    no two installations share a hash. Nothing is stored: neither the password nor its hash.
    """

    def __init__(self, text: str, secret: bytes) -> None:
        self._salt = hmac.digest(secret, b"administrator's salt", "sha256")
        self._hash = _slow_hash(text, self._salt)

    def matches(self, guess: object) -> bool:
        """Tell whether `guess` is the password; takes as long whether it is or not.

        What is no text, or longer than LONGEST characters, is none, and is not hashed.
        """
        if not isinstance(guess, str) or len(guess) > LONGEST:
            return False
        return hmac.compare_digest(_slow_hash(guess, self._salt), self._hash)

    def key(self, secret: bytes) -> bytes:
        """Return the key that signs this password's sessions: another password, another key."""
        return hmac.digest(secret, b"administrator's sessions:" + self._hash, "sha256")


def _slow_hash(text: str, salt: bytes) -> bytes:
    encoded = text.encode("utf-8", "surrogatepass")  # an environment may hold any bytes
    with _ONE_AT_A_TIME:
        return scrypt(encoded, salt=salt, n=COST, r=BLOCK_SIZE, p=PASSES, maxmem=_MEMORY)
