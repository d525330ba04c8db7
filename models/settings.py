"""What the environment may say to `models`; read by the entry points alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import BadSettingError


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits of this installation. Pictures above `max_megapixels` (10⁶ pixels) are refused."""

    max_megapixels: float = 100.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read PATINA_MAX_MEGAPIXELS.

        Raises BadSettingError: it is not a number above 0, at most 1000.
        """
        text = environment.get("PATINA_MAX_MEGAPIXELS", "") or "100"
        try:
            megapixels = float(text)
        except ValueError:
            megapixels = 0.0
        if not 0 < megapixels <= 1000:
            raise BadSettingError(
                f"PATINA_MAX_MEGAPIXELS must be a number above 0, at most 1000, such as 100; got '{text}'.",
            )
        return cls(megapixels)
