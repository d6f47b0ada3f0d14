"""Whose mark is in these pictures? All copies are compared at once, and nobody is accused by chance.

Each picture is brought to the fields of the mark, and what neighbouring fields foretell is taken away; what is left is
weighed by how quiet its surroundings are. A copy's score is the correlation of its signs with that, over the length of
what is left. For a copy whose mark is not in it the signs are fair coins that know nothing of the picture, so that by
Hoeffding's inequality (1963, theorem 2) the score exceeds t with a probability of at most exp(-t * t / 2), whatever the
picture shows. The threshold follows from that alone: no picture has to be like any other.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mingjian.media.trace.mark import FIELDS, FIELDS_ACROSS, FIELDS_DOWN, Fields, Luma, mark_of

CLEAN_CLIPS = 10_000
MAY_ACCUSE = 0.001
"""The probability that among so many clips without a mark a single one is laid to anybody."""
_AT_LEAST_COPIES = 1000
_QUIET = np.float32(0.1)  # grey levels squared: fields quieter than that weigh no more
_AT_ONCE = 500  # copies compared in one product: some 20 MB


@dataclass(frozen=True, slots=True)
class Found:
    """A copy whose mark is there, and how much of it."""

    copy: str
    score: float


def threshold(copies: int) -> float:
    """The least score that accuses, among so many copies: sqrt(2 ln(copies * clips / probability)), 6.8 for 1,000."""
    return math.sqrt(2 * math.log(max(copies, _AT_LEAST_COPIES) * CLEAN_CLIPS / MAY_ACCUSE))


def residue(luma: Luma) -> Fields:
    """What of a picture may be a mark: FIELDS numbers, row by row. Any size; each field is the mean of its pixels."""
    whole = Image.fromarray(luma).convert("F")
    means = np.asarray(whole.resize((FIELDS_ACROSS, FIELDS_DOWN), Image.Resampling.BOX))
    around = (_sum_3x3(means) - means) / 8
    left = means - around
    loudness = _sum_3x3(_sum_3x3(left * left)) / 81
    weighed: Fields = (left / (loudness + _QUIET)).astype(np.float32).ravel()
    return weighed


def _sum_3x3(fields: Fields) -> Fields:
    """Each field with its eight neighbours; the border is mirrored."""
    padded = np.pad(fields, 1, mode="reflect")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    total: Fields = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return total


def evidence_of(pictures: Iterable[Luma]) -> Fields:
    """The residues of all pictures together, of length 1; zeros when there is nothing to go by."""
    total = np.zeros(FIELDS, np.float32)
    for luma in pictures:
        found = residue(luma)
        length = float(np.linalg.norm(found))
        if length > 0:
            total += found / np.float32(length)
    length = float(np.linalg.norm(total))
    return total / np.float32(length) if length > 0 else total


def scores(evidence: Fields, secret: bytes, copies: Sequence[str]) -> NDArray[np.float32]:
    """The score of each copy, in their order."""
    blocks = [tuple(copies[at : at + _AT_ONCE]) for at in range(0, len(copies), _AT_ONCE)]
    return np.concatenate([np.empty(0, np.float32), *(_marks(secret, block) @ evidence for block in blocks)])


@functools.lru_cache(maxsize=2)
def _marks(secret: bytes, copies: tuple[str, ...]) -> NDArray[np.float32]:
    """The marks of some copies, a row each; kept, for who asks about one file after the other."""
    return np.stack([mark_of(secret, copy) for copy in copies]).astype(np.float32)


def accuse(evidence: Fields, secret: bytes, copies: Sequence[str]) -> tuple[list[Found], Found | None]:
    """The copies whose mark is there, the surest first; and the nearest one in any case (None: no copy was made)."""
    if not copies:
        return [], None
    told = scores(evidence, secret, copies)
    order = np.argsort(-told)
    ranked = [Found(copies[int(place)], float(told[place])) for place in order[:10]]
    least = threshold(len(copies))
    return [one for one in ranked if one.score >= least], ranked[0]
