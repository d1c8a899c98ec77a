"""Sums in the ring are exact, masks vanish, and no split of the rows changes a model."""

import hashlib
import itertools
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from federated import parse_job
from federated.data import Dataset
from federated.export import model_bytes
from federated.federation import Pooled
from federated.histograms import to_bins
from federated.masks import Masker
from federated.model import Job
from federated.partner import Partner
from federated.ring import as_ring, as_signed, bits_for, from_fixed, to_fixed
from federated.sketch import key_values, sort_keys
from federated.training import fit_model, take_census
from tests.federated_data import JOB

NUMBERS = st.floats(-1e6, 1e6)


def job(model: str) -> Job:
    return parse_job(JOB.format(task="binary", model=model), Path("job.yaml"))


GBDT = job("{kind: gbdt, trees: 2, depth: 3, bins: 8}")
LOGISTIC = job("{kind: logistic, l2: 1}")


@given(st.lists(NUMBERS, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_fixed_point_sums_do_not_depend_on_the_order(numbers: list[float], random: object) -> None:
    bits = bits_for(len(numbers), 20)
    shuffled = list(numbers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis' random

    one, other = to_fixed(np.array(numbers), bits), to_fixed(np.array(shuffled), bits)

    assert one.sum() == other.sum()
    assert abs(float(from_fixed(one.sum(keepdims=True), bits)[0]) - sum(numbers)) < 1e-3


@given(st.lists(st.lists(st.integers(-(2**62), 2**62), min_size=5, max_size=5), min_size=3, max_size=6), st.binary())
def test_masked_vectors_sum_to_the_plain_sum_in_the_ring(rows: list[list[int]], salt: bytes) -> None:
    secrets = [hashlib.sha256(salt + bytes([i])).digest() for i in range(len(rows))]
    maskers = [Masker(f"p{i}", "01RUN", secret) for i, secret in enumerate(secrets)]
    keys = {f"p{i}": masker.public_key for i, masker in enumerate(maskers)}
    plain = [as_ring(np.array(row, dtype=np.int64)) for row in rows]
    for masker in maskers:
        masker.meet(keys)

    masked = [masker.mask(vector, 1) for masker, vector in zip(maskers, plain, strict=True)]

    assert np.array_equal(
        as_signed(np.sum(masked, axis=0, dtype=np.uint64)), as_signed(np.sum(plain, axis=0, dtype=np.uint64))
    )


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=50))
def test_sort_keys_keep_the_order_of_any_floats(numbers: list[float]) -> None:
    values = np.array(numbers, dtype=np.float32)
    keys = sort_keys(values)

    assert np.array_equal(values[np.argsort(keys, kind="stable")], np.sort(values))
    assert np.array_equal(key_values(keys), values)


@given(st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=50), st.sets(st.floats(-100, 100, width=32)))
def test_a_bin_lies_left_of_an_edge_just_when_its_values_do(numbers: list[float], cuts: set[float]) -> None:
    values, edges = np.array(numbers, np.float32), np.unique(np.array(sorted(cuts), np.float32))
    bins = to_bins(values[None, :], [edges])[0]

    assert all(np.array_equal(bins <= place, values < edge) for place, edge in enumerate(edges))


def digest(spec: Job, features: np.ndarray, labels: np.ndarray, ends: list[int]) -> str:
    bounds = [0, *ends, len(labels)]
    partners = [
        Partner(Dataset(np.ascontiguousarray(features[:, a:b]), labels[a:b]), "binary", spec.model.kind)
        for a, b in itertools.pairwise(bounds)
    ]
    federation = Pooled(partners)
    model = fit_model(federation, spec, len(features), take_census(federation, spec), lambda *_: None)
    return hashlib.sha256(model_bytes(model, [f"x{i}" for i in range(len(features))])).hexdigest()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(60, 160),
    st.lists(st.integers(0, 160), max_size=5),
    st.sampled_from([GBDT, LOGISTIC]),
    st.booleans(),
)
def test_split_and_order_of_the_rows_never_change_the_digest(
    seed: int, rows: int, cuts: list[int], spec: Job, holes: bool
) -> None:
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(3, rows)) * np.exp(rng.normal(size=(3, 1)) * 5)
    features[1] = np.round(features[1])
    if holes and spec is GBDT:
        features[rng.random(features.shape) < 0.2] = np.nan
    labels = (rng.random(rows) < 0.4).astype(np.float64)
    labels[:2] = [0.0, 1.0]
    order = rng.permutation(rows)
    ends = sorted(min(cut, rows) for cut in cuts)

    assert digest(spec, features, labels, []) == digest(spec, features[:, order], labels[order], ends)
