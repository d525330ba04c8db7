"""Image models: a model id and a picture in, a picture out. Knows nothing of the web or of ratings.

    >>> import models
    >>> models.get("denoise-median").title
    'Median filter'

Nothing here imports torch until a network is run.
"""

from models.registry import by_task, cards, get
from models.runner import Restored, restore

__all__ = ["Restored", "by_task", "cards", "get", "restore"]
