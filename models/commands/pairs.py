"""Settings as a person types them: NAME=VALUE."""

from collections.abc import Sequence

from models.errors import ModelsError


def parse_settings(pairs: Sequence[str]) -> dict[str, str]:
    """Return name → value of pairs such as "noise_level=25".

    >>> parse_settings(["noise_level=25"])
    {'noise_level': '25'}

    Raises ModelsError: a pair without "=".
    """
    for pair in pairs:
        if "=" not in pair:
            raise ModelsError(f"--set expects NAME=VALUE, such as noise_level=25; got '{pair}'.")
    return dict(pair.split("=", 1) for pair in pairs)
