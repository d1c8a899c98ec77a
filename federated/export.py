"""The canonical bytes of a model: XGBoost's JSON for trees, a small JSON for linear models.

The file's SHA-256 is the model's digest; nothing of job, roster or time is in it. Summed hessians and gains per node
are left out (zero): they let an outsider rebuild rows (TimberStrike, arXiv 2506.07605), and scoring needs none.
Source: XGBoost model schema 3.2.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from federated.errors import ModelWriteError
from federated.linear import LinearModel
from federated.model import JSON
from federated.trees import NO_CHILD, Ensemble, Tree
from storage import reason_of
from storage.columns import canonical_json

NO_PARENT = 2147483647


def digest_of(data: bytes) -> str:
    """Give the SHA-256, hex."""
    return hashlib.sha256(data).hexdigest()


def tree_document(tree: Tree, number: int, features: int) -> dict[str, JSON]:
    """Give one tree as XGBoost writes it."""
    size = len(tree.feature)
    parents = [NO_PARENT] * size
    for node, (left, right) in enumerate(zip(tree.left, tree.right, strict=True)):
        if left != NO_CHILD:
            parents[left] = parents[right] = node
    zeros = [0.0] * size
    conditions = [_number(value) for value in tree.threshold]
    leaf = [value if left == NO_CHILD else 0.0 for value, left in zip(conditions, tree.left, strict=True)]
    return {
        "base_weights": leaf,
        "categories": [],
        "categories_nodes": [],
        "categories_segments": [],
        "categories_sizes": [],
        "default_left": [int(flag) for flag in tree.default_left],
        "id": number,
        "left_children": list(tree.left),
        "loss_changes": zeros,
        "parents": parents,
        "right_children": list(tree.right),
        "split_conditions": conditions,
        "split_indices": list(tree.feature),
        "split_type": [0] * size,
        "sum_hessian": zeros,
        "tree_param": {
            "num_deleted": "0",
            "num_feature": str(features),
            "num_nodes": str(size),
            "size_leaf_vector": "1",
        },
    }


def _number(value: np.float32) -> float:
    """Give the shortest decimal that reads back as the same float32."""
    return float(str(value)) + 0.0


def ensemble_document(ensemble: Ensemble, features: Sequence[str]) -> dict[str, JSON]:
    """Give a model that stock XGBoost loads and scores alike."""
    trees = [tree_document(tree, number, len(features)) for number, tree in enumerate(ensemble.trees)]
    objective = {"name": "reg:squarederror", "reg_loss_param": {"scale_pos_weight": "1"}}
    if ensemble.task == "binary":
        objective["name"] = "binary:logistic"
    model = {
        "cats": {"enc": [], "feature_segments": [], "sorted_idx": []},
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": str(len(trees))},
        "iteration_indptr": list(range(len(trees) + 1)),
        "tree_info": [0] * len(trees),
        "trees": trees,
    }
    return {
        "learner": {
            "attributes": {},
            "feature_names": list(features),
            "feature_types": ["float"] * len(features),
            "gradient_booster": {"model": model, "name": "gbtree"},
            "learner_model_param": {
                "base_score": f"[{_number(np.float32(ensemble.base_score))!r}]",
                "boost_from_average": "1",
                "num_class": "0",
                "num_feature": str(len(features)),
                "num_target": "1",
            },
            "objective": objective,
        },
        "version": [3, 2, 0],
    }


def linear_document(model: LinearModel, features: Sequence[str]) -> dict[str, JSON]:
    """Give the form of interface 3.5: score = intercept + Σ coefficient · clip((x − mean) / scale)."""
    return {
        "kind": model.kind,
        "features": list(features),
        "mean": model.mean.tolist(),
        "scale": model.scale.tolist(),
        "clip": model.clip,
        "coefficients": model.coefficients.tolist(),
        "intercept": model.intercept,
    }


def model_bytes(model: Ensemble | LinearModel, features: Sequence[str]) -> bytes:
    """Give the canonical bytes, whose SHA-256 is the model's digest."""
    document = ensemble_document(model, features) if isinstance(model, Ensemble) else linear_document(model, features)
    return canonical_json(document).encode()


def write_model(data: bytes, folder: Path) -> Path:
    """Write `<digest>.json` whole or not at all.

    Raises:
        ModelWriteError: the folder can't be written to.
    """
    path = folder / f"{digest_of(data)}.json"
    draft = folder / f".{path.name}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise ModelWriteError(path=path, reason=reason_of(error)) from error
    return path
