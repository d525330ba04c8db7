"""Which contestants can be compared at all: the components of the graph of comparisons."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ratings.errors import UnconnectedError


def components(wins: ArrayLike) -> NDArray[np.intp]:
    """Return the component of each contestant, shape (k,), where a comparison either way joins two.

    `wins`, shape (k, k), ≥ 0, holds how often row beat column (ties as halves). Nothing can be said of the
    order of two contestants in different components, whatever the votes.

    >>> components([[0, 1, 0], [0, 0, 0], [0, 0, 0]]).tolist()
    [0, 0, 1]
    """
    return _components(_square(wins), "weak")


def groups(wins: ArrayLike) -> tuple[NDArray[np.intp], ...]:
    """Return the members of each component, each shape (members,): who can be ranked with whom.

    >>> [group.tolist() for group in groups([[0, 1, 0], [0, 0, 0], [0, 0, 0]])]
    [[0, 1], [2]]
    """
    label = components(wins)
    return tuple(np.flatnonzero(label == each) for each in np.unique(label))


def strong_components(wins: ArrayLike) -> NDArray[np.intp]:
    """Return the strong component of each contestant, shape (k,): within one, each has beaten or tied with
    each other along some chain.

    Bradley-Terry's likelihood has its one finite maximum just where all are in one strong component (Ford,
    American Mathematical Monthly 64, 1957). Across strong components, some group has never lost to the rest,
    and the likelihood grows as its strength goes to infinity.

    >>> strong_components([[0, 3], [0, 0]]).tolist() == [0, 0]
    False
    >>> strong_components([[0, 3], [0.5, 0]]).tolist()
    [0, 0]
    """
    return _components(_square(wins), "strong")


def core(wins: ArrayLike) -> NDArray[np.bool_]:
    """Return who is in the largest strong component, shape (k,); of equally large ones, that with most votes.

    >>> core([[0, 1, 1], [1, 0, 1], [0, 0, 0]]).tolist()
    [True, True, False]
    """
    totals = _square(wins)
    label = strong_components(totals)
    votes = (totals + totals.T).sum(axis=1)
    members, voted = np.bincount(label), np.bincount(label, weights=votes)
    return label == np.lexsort((voted, members))[-1]


def require_connected(wins: ArrayLike) -> None:
    """Raise UnconnectedError if some contestants cannot be compared with the others.

    >>> require_connected([[0, 1], [0, 0]])
    """
    label = components(wins)
    if label.size and label.max() > 0:
        raise UnconnectedError(
            tuple(tuple(np.flatnonzero(label == each).tolist()) for each in np.unique(label))
        )


def _square(wins: ArrayLike) -> NDArray[np.float64]:
    totals = np.asarray(wins, dtype=np.float64)
    assert totals.ndim == 2, f"wins have shape (k, k), not {totals.shape}"
    assert totals.shape[0] == totals.shape[1], f"wins have shape (k, k), not {totals.shape}"
    assert np.all(np.isfinite(totals) & (totals >= 0)), "wins are counts"
    assert not np.any(np.diagonal(totals)), "nobody is compared with itself"
    return totals


def _components(totals: NDArray[np.float64], connection: str) -> NDArray[np.intp]:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    found: tuple[int, NDArray[Any]] = connected_components(csr_array(totals), connection=connection)
    return found[1].astype(np.intp)
