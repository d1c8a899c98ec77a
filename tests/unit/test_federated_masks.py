"""Masks hide each vector, vanish in the sum, and are never used twice."""

import numpy as np
import pytest

from federated.errors import MaskReusedError, PeerKeyError, TooFewPartnersError
from federated.masks import Masker

RUN = "01RUN"


def maskers(count: int, run: str = RUN) -> dict[str, Masker]:
    return {f"p{i}": Masker(f"p{i}", run, bytes([i + 1]) * 32) for i in range(count)}


def met(count: int, run: str = RUN) -> dict[str, Masker]:
    found = maskers(count, run)
    keys = {name: masker.public_key for name, masker in found.items()}
    for masker in found.values():
        masker.meet(keys)
    return found


def test_the_masks_of_all_partners_cancel_in_the_sum() -> None:
    vectors = [np.arange(9, dtype=np.uint64) * np.uint64(i + 1) for i in range(4)]

    masked = [m.mask(v, 1) for m, v in zip(met(4).values(), vectors, strict=True)]

    assert np.array_equal(np.sum(masked, axis=0, dtype=np.uint64), np.sum(vectors, axis=0, dtype=np.uint64))
    assert not any(np.array_equal(a, b) for a, b in zip(masked, vectors, strict=True))


def test_without_one_partner_the_sum_is_noise() -> None:
    zero = np.zeros(4, dtype=np.uint64)

    masked = [masker.mask(zero, 1) for masker in met(3).values()]

    assert np.any(masked[0] + masked[1] != 0)


def test_every_aggregation_and_every_run_has_its_own_mask() -> None:
    zero = np.zeros(4, dtype=np.uint64)
    one, other = met(3)["p0"], met(3, "01OTHER")["p0"]

    first, second, third = one.mask(zero, 1), one.mask(zero, 2), other.mask(zero, 1)

    assert not np.array_equal(first, second)
    assert not np.array_equal(first, third)


@pytest.mark.parametrize("number", [5, 4, 0])
def test_a_number_that_does_not_grow_is_refused(number: int) -> None:
    masker = met(3)["p0"]
    masker.mask(np.zeros(1, dtype=np.uint64), 5)

    with pytest.raises(MaskReusedError):
        masker.mask(np.zeros(1, dtype=np.uint64), number)


def test_fewer_than_three_partners_are_refused() -> None:
    found = maskers(2)

    with pytest.raises(TooFewPartnersError):
        found["p0"].meet({name: masker.public_key for name, masker in found.items()})


def test_nothing_is_masked_before_the_roster_is_known() -> None:
    with pytest.raises(PeerKeyError):
        maskers(1)["p0"].mask(np.zeros(1, dtype=np.uint64), 1)


def test_a_roster_with_the_own_key_changed_is_refused() -> None:
    found = maskers(3)
    keys = {name: masker.public_key for name, masker in found.items()}

    with pytest.raises(PeerKeyError):
        found["p0"].meet(keys | {"p0": keys["p1"]})


@pytest.mark.parametrize("key", [b"short", bytes(32)])
def test_a_bad_peer_key_is_refused(key: bytes) -> None:
    found = maskers(3)
    keys = {name: masker.public_key for name, masker in found.items()}

    with pytest.raises(PeerKeyError):
        found["p0"].meet(keys | {"p2": key})


def test_one_key_under_two_names_is_refused() -> None:
    found = maskers(3)
    keys = {name: masker.public_key for name, masker in found.items()}

    with pytest.raises(PeerKeyError):
        found["p0"].meet(keys | {"p2": keys["p1"]})


def test_a_second_roster_in_one_run_is_refused() -> None:
    found = met(3)
    keys = {name: masker.public_key for name, masker in found.items()}

    with pytest.raises(PeerKeyError):
        found["p0"].meet(keys)
