"""Figures that together would tell of fewer people than the minimum cell: one is answered, the next is not.

Every group whose figure one person got for one purpose is remembered as a sketch of who stood behind it. A further
group is withheld when what it adds to a combination of the remembered ones is fewer people than the minimum cell: so
neither one person left out, nor a total minus its parts, nor a tracker of several large groups tells of a small one.

Guarantee: if some combination of figures with one new figure concerns fewer than `min_cell` people, each counted once,
    the new figure is withheld, as long as the others are among the last `_REMEMBERED` and the people of the data set
    are the same. A repeated figure adds nothing and is answered. What people tell each other, and what changes between
    two states of the data, is not guarded.
Source: D. E. Denning and J. Schlörer, A fast procedure for finding a tracker in a statistical database; F. Y. Chin and
    G. Özsoyoğlu, Auditing and inference control in statistical databases.
"""

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from governance import register
from governance.house import House
from governance.journeys.facts import Asked
from policies.sql import GovernedTable, Rewritten
from storage import unit_of_work

if TYPE_CHECKING:
    import numpy as np

    from policies.sql.model import Population

_REMEMBERED = 512
_GROUPS = 256  # of one statement; beyond it the smallest groups and the sum of the rest are judged
_APART = 0.95  # a group that shares next to nobody with the known ones stands on its own minimum cell
_NOTHING = 1e-4


def too_close(house: House, asked: Asked, rewritten: Rewritten, tables: Mapping[str, GovernedTable]) -> str | None:
    """Give the data set of a figure that must be withheld, or nothing; what may be answered is remembered.

    Raises:
        QueryFailedError: who stands behind a figure can't be told; the figure then isn't answered either.
    """
    from policies.sql.populations import KEY, whole  # noqa: PLC0415 -- the parser loads with the first read

    if not rewritten.populations:
        return None
    house.workers.set_variables({KEY: house.keys.derive("populations").hex()})
    for population in rewritten.populations:
        table = tables[population.dataset]
        everybody = _sketches(house, whole(table), rewritten)
        state = hashlib.sha256(everybody.tobytes()).hexdigest()[:32]
        found = _sketches(house, population, rewritten)
        place = (asked.caller.person_id, str(asked.purpose), population.dataset, state)
        with unit_of_work(house.engine) as session:
            known = [_opened(one) for one in register.figures(session, place, _REMEMBERED)]
            new = _judged(known, found, table.min_cell)
            if new is None:
                return population.dataset
            register.add_figures(session, place, [_packed(one) for one in new], asked.at)
    return None


def _judged(known: "list[np.ndarray]", found: "np.ndarray", min_cell: int) -> "list[np.ndarray] | None":
    """Give the groups that add something to what is known, or nothing where one adds too little."""
    import numpy as np  # noqa: PLC0415 -- only for figures

    basis = np.zeros((found.shape[1], 0))
    for one in known:
        basis = _extended(basis, one)
    new = []
    for one in found:
        rest = one - basis @ (basis.T @ one)
        rest -= basis @ (basis.T @ rest)  # twice is enough
        adds = float(rest @ rest)
        if adds < _NOTHING:
            continue
        if adds < min_cell and adds < _APART * float(one @ one):
            return None
        basis = _extended(basis, one)
        new.append(one)
    return new


def _extended(basis: "np.ndarray", one: "np.ndarray") -> "np.ndarray":
    import numpy as np  # noqa: PLC0415 -- only for figures

    rest = one - basis @ (basis.T @ one)
    rest -= basis @ (basis.T @ rest)
    length = float(np.sqrt(rest @ rest))
    return basis if length**2 < _NOTHING else np.column_stack([basis, rest / length])


def _sketches(house: House, population: "Population", rewritten: Rewritten) -> "np.ndarray":
    """Give one sketch for each group, as rows."""
    import numpy as np  # noqa: PLC0415 -- only for figures

    from policies.sql.populations import BUCKETS  # noqa: PLC0415 -- likewise

    limits = house.workers.limits(rows=house.settings.query_bulk_rows)
    copies = [copy for copy in rewritten.copies if copy.name in population.relations]
    told = house.workers.run(population.text, population.relations, limits, copies=copies)
    groups, place = np.unique(told["g"].to_numpy(), return_inverse=True)
    found = np.zeros((len(groups), BUCKETS))
    found[place, told["b"].to_numpy().astype(np.int64)] = told["s"].to_numpy().astype(np.float64)
    found = found[np.lexsort(found.T[:4])] if len(found) else found
    if len(found) <= _GROUPS:
        return found
    order = np.argsort((found**2).sum(axis=1))
    return np.vstack([found[order[: _GROUPS - 1]], found[order[_GROUPS - 1 :]].sum(axis=0)])


def _packed(one: "np.ndarray") -> bytes:
    import zlib  # noqa: PLC0415 -- only for figures

    return zlib.compress(one.astype("<i4").tobytes(), 1)


def _opened(data: bytes) -> "np.ndarray":
    import zlib  # noqa: PLC0415 -- only for figures

    import numpy as np  # noqa: PLC0415 -- likewise

    return np.frombuffer(zlib.decompress(data), "<i4").astype(np.float64)
