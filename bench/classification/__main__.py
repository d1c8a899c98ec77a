"""Score classification on one split: `python -m bench.classification --split tune [--part texts] [--json]`.

The test split is looked at once per release: it prints totals per type and no single error, so that nobody tunes on it.
"""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.classification import score_columns, score_texts
from bench.classification.generate_tables import write_tables
from bench.classification.generate_texts import PERSON_ONLY, Text, make_texts
from bench.classification.product import scan, spans
from bench.classification.worlds import SPLITS, WIDER

SEED = 7
WORST = 15


def main() -> None:
    """Generate, run the product, score, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.classification", description=__doc__)
    parser.add_argument("--split", choices=(*SPLITS, *WIDER), required=True)
    parser.add_argument("--part", choices=sorted(PARTS), action="append", help="default: all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = {
        part: PARTS[part](asked.split, asked.seed)
        for part in asked.part or (["columns", "texts"] if asked.split in WIDER else PARTS)
    }
    if asked.split in {"test", "held"}:
        for found in report.values():
            found.pop("confusions")
    if asked.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
        return
    for part, found in report.items():
        _print(f"{part}, {asked.split} split", found)


def columns(split: str, seed: int) -> dict[str, Any]:
    """Give the report on columns."""
    with TemporaryDirectory() as folder:
        truths = write_tables(split, seed, Path(folder))
        judged = score_columns.judge(truths, scan(Path(folder)))
    return {
        "summary": score_columns.summary(judged),
        "per_type": {name: f"{right}/{count}" for name, (right, count) in score_columns.per_type(judged).items()},
        "confusions": score_columns.confusions(judged)[:WORST],
    }


def texts(split: str, seed: int) -> dict[str, Any]:
    """Give the report on texts, beside naive Presidio with jieba's names on the same texts."""
    from bench.classification.reference import has_jieba, naive_presidio  # noqa: PLC0415 -- Presidio is heavy

    made = make_texts(split, seed)
    scored = score_texts.score(made, spans([(text.text, text.language) for text in made]))
    relaxed = score_texts.relaxed(scored)
    report = {
        "summary": score_texts.summary(scored),
        "per_type": {
            label: f"{rates.f1:.3f} ({relaxed[label].f1:.3f}, {rates.gold} gold, {rates.told} told)"
            for label, rates in score_texts.strict(scored).items()
        },
        "confusions": score_texts.confusions(scored)[:WORST],
    }
    reference = naive_presidio(with_jieba=has_jieba())
    naive = score_texts.summary(score_texts.score(made, [reference(text.text) for text in made]))
    kept = ("strict_f1", "relaxed_f1", "leaked_characters", "clean_negatives")
    report["summary"] |= {f"naive_presidio_{name}": naive[name] for name in kept}
    return report


def persons(split: str, seed: int) -> dict[str, Any]:
    """Give the report on names alone, in prose like news and like a curriculum vitae, beside jieba's tagger."""
    summary: dict[str, Any] = {}
    every: list[score_texts.Scored] = []
    for family in PERSON_ONLY[split]:
        made = [text for text in make_texts(split, seed) if text.family == family]
        scored = score_texts.score(made, spans([(text.text, text.language) for text in made]), "PERSON")
        summary |= {f"{family}_{name}": value for name, value in _person_rates(scored).items()}
        every += scored
        reference = _by_jieba(made)
        if reference is None:
            summary[f"{family}_jieba"] = "jieba is not installed: left out"
        else:
            rates = _person_rates(score_texts.score(made, reference, "PERSON"))
            summary |= {f"{family}_jieba_{name}": value for name, value in rates.items()}
    return {"summary": summary, "per_type": {}, "confusions": score_texts.confusions(every)[:WORST]}


def _by_jieba(made: list[Text]) -> list[list[dict[str, Any]]] | None:
    from bench.classification.reference import has_jieba, jieba_persons  # noqa: PLC0415 -- Presidio is heavy

    return jieba_persons([text.text for text in made]) if has_jieba() else None


def _person_rates(scored: list[score_texts.Scored]) -> dict[str, float]:
    found = score_texts.summary(scored)
    return {name: found[name] for name in ("strict_f1", "relaxed_f1")}


def _print(title: str, found: dict[str, Any]) -> None:
    print(f"== {title}")
    for name, value in found["summary"].items():
        print(f"{name:40} {value}")
    print("-- per type")
    for name, value in found["per_type"].items():
        print(f"   {name:16} {value}")
    for line in found.get("confusions", ()):
        print(f"   {line}")


PARTS = {"columns": columns, "texts": texts, "persons": persons}

if __name__ == "__main__":
    main()
