"""What federated training costs and gives: masks against sums in the clear, AUC against central XGBoost, and time.

Data is invented. The clear run exists for this measurement only; no job can ask for it.
"""

import secrets
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from federated import Outcome, read_job, train  # noqa: E402 -- the repository's own packages
from tests.federated_data import credit, parts, reordered, write, write_job  # noqa: E402 -- likewise

MODEL = "{kind: gbdt, trees: 20, depth: 3, learning_rate: 0.3, bins: 64}"
FEATURES = 12


def run(path: Path, *, masked: bool = True) -> Outcome:
    folder = path.parent / "models"
    now = datetime.now(UTC)
    return train(
        read_job(path), now=now, entropy=secrets.token_bytes, folder=folder, on_event=lambda _: None, masked=masked
    )


def central_auc(train_table: dict[str, np.ndarray], test_table: dict[str, np.ndarray]) -> float:
    import xgboost  # noqa: PLC0415 -- the reference only
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 -- likewise

    names = [f"x{i}" for i in range(FEATURES)]
    matrix = xgboost.DMatrix(np.stack([train_table[n] for n in names], axis=1), train_table["y"])
    settings = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.3, "nthread": 2}
    rows = xgboost.DMatrix(np.stack([test_table[n] for n in names], axis=1))
    return float(roc_auc_score(test_table["y"], xgboost.train(settings, matrix, 20).predict(rows)))


def main() -> None:
    """Print the figures."""
    table, test = credit(18_000, FEATURES), credit(6_000, FEATURES, seed=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        import federated.flower  # noqa: F401, PLC0415 -- timed on its own

        print(f"import of Flower            {time.perf_counter() - began:6.2f} s")
        path = write_job(folder, parts(table, [6_000, 12_000]), MODEL)
        write(test, folder / "test.csv")
        path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")
        pairs = [(run(path), run(path, masked=False)) for _ in range(3)]
        masked = min(pair[0].seconds for pair in pairs)
        clear = min(pair[1].seconds for pair in pairs)
        first = pairs[0][0]
        print(f"3 x 6000 rows, 20 trees     {masked:6.2f} s masked, {clear:.2f} s clear, ratio {masked / clear:.2f}")
        print(f"upload, masked to clear     {first.bytes_up / pairs[0][1].bytes_up:6.2f}")
        central, auc = central_auc(table, test), first.metrics["auc"]
        print(f"AUC to central XGBoost      {auc / central:6.4f} ({auc:.4f} to {central:.4f})")
        write_job(folder, parts(reordered(table, 1), [500, 4_000]), MODEL)
        path.write_text(path.read_text() + "evaluate: {data: test.csv}\n")
        print(f"digest equal, uneven split  {run(path).model_digest == first.model_digest}")


if __name__ == "__main__":
    main()
