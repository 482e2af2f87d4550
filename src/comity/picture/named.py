"""Named: which track each plot of a scan most probably is of, by its number. Compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from comity.foundation.compiled import compiled
from comity.picture.arrays import Edges, Floats, Whole


class Named(NamedTuple):
    """What plots may be of."""

    probable: Floats
    """(e,) That the plot of a pair is of its track..."""
    branch: Whole
    """(e,) ...or of this branch of it, unless -1."""
    begun: Whole
    """(m,) The track that each plot began, unless -1, and..."""
    new: Floats
    """(m,) ...how probable that is."""


@compiled
def named(serial: Whole, chosen: Whole, pairs: Edges, of: Named) -> tuple[Whole, Whole, Floats]:
    """Say for each plot which track it most probably is of, from which that branches, and how probable that is."""
    track, parent, surety = of.begun.copy(), np.full(len(of.begun), -1, np.int64), of.new.copy()
    for i in range(len(chosen)):
        for edge in range(pairs.start[i], pairs.start[i + 1]):
            plot = pairs.plot[edge]
            if of.probable[edge] > surety[plot] or (track[plot] < 0 and of.probable[edge] > 0.0):
                track[plot], parent[plot], surety[plot] = serial[chosen[i]], -1, of.probable[edge]
                if of.branch[edge] >= 0:
                    track[plot], parent[plot] = of.branch[edge], serial[chosen[i]]
    return track, parent, surety
