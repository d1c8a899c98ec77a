"""The script check against Python's own regular expressions, and how much of unseen wording it finds.

Run: `python bench/scripts.py`. Speed is a ratio within one run: the whole check (folding, matching, scope, verdict)
against one `re` alternation that only finds literals, 5,000 of the library's. Wording: `scripts_paraphrases.csv` holds
sentences written after the rules, in rounds; once rules were widened after a round, only later rounds say anything of
unseen wording. A round's recall counts the exact category.
"""

import csv
import re
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from governance.demo.health import CALL_NOTES
from policies.scripts import Speaker, Utterance, check_script, load_library

LITERALS = 5_000
TEXTS = 3_000
SEEN_ROUNDS = ("first",)


def speed() -> None:
    library = load_library()
    rows = [row["text"] for row in read_rows()]
    texts = [(rows + list(CALL_NOTES))[i % (len(rows) + len(CALL_NOTES))] + str(i % 97) for i in range(TEXTS)]
    characters = sum(map(len, texts))
    literals = sorted(
        {
            literal
            for category in library.categories.values()
            for rule in category.rules
            for pattern in rule.patterns
            for part in pattern.parts
            for literal in part
        }
    )
    step = max(1, len(literals) // LITERALS)
    alternation = re.compile("|".join(re.escape(literal) for literal in literals[::step][:LITERALS]))
    began = time.process_time()
    for text in texts:
        check_script(library, Utterance(text))
    ours = time.process_time() - began
    began = time.process_time()
    for text in texts[: TEXTS // 10]:
        alternation.findall(text)
    reference = (time.process_time() - began) * 10
    print(f"whole check over {library.phrases} literals: {characters / ours / 1e3:.0f} k characters per CPU-second")
    print(f"re alternation of {LITERALS} literals: {characters / reference / 1e3:.0f} k characters per CPU-second")
    print(f"ratio: {reference / ours:.1f} times as fast")


def wording() -> None:
    library = load_library()
    found: Counter[tuple[str, str]] = Counter()
    for row in read_rows():
        utterance = Utterance(row["text"], speaker=Speaker(row["speaker"]), product_type=row["product_type"])
        told = {violation.category for violation in check_script(library, utterance).violations}
        kind = "violations" if row["category"] else "clean"
        found[row["round"], kind] += 1
        found[row["round"], f"{kind} told"] += row["category"] in told if row["category"] else bool(told)
    for name in sorted({name for name, _ in found}):
        state = "seen" if name in SEEN_ROUNDS else "unseen"
        recall = f"{found[name, 'violations told']} of {found[name, 'violations']}"
        alarms = f"{found[name, 'clean told']} of {found[name, 'clean']}"
        print(f"{name} round ({state}): found {recall}, false alarms {alarms}")


def read_rows() -> list[dict[str, str]]:
    with (Path(__file__).parent / "scripts_paraphrases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    speed()
    wording()
