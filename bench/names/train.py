"""Make the coefficients of the name model anew: `python bench/names/train.py`.

Sentences are made from `prose.txt`, `plain.txt` and words of the general dictionary; names are drawn from surnames by
how common they are and from characters of given names. Nothing is fetched, and no person is behind any of it. A part
of names and templates is kept apart and measured at the end; `--check` measures only.
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
from classification.chinesenames import ChineseNames  # noqa: E402 -- the path is set above
from classification.lexicons import Lexicons, load_lexicons  # noqa: E402 -- likewise
from classification.namemodel import NameModel  # noqa: E402 -- likewise

SLOT = re.compile(r"\{(\w)\}")
TAGS = {"n": ("n", "nz", "vn"), "v": ("v",), "a": ("a",), "d": ("d",), "i": ("i", "l")}
BODIES = (
    "集团",
    "公司",
    "银行",
    "大学",
    "研究院",
    "局",
    "医院",
    "协会",
    "俱乐部",
    "股份有限公司",
    "保险公司",
    "法院",
    "中学",
    "电视台",
    "研究中心",
    "事务所",
)
LESS_KNOWN = 0.25
SINGLE, DOUBLE, LISTED = 0.27, 0.012, 0.02
# These sentences have no other mentions beside names and few roads.
BY_HAND = {"touching": 2.0, "placelike": -5.0}


class Writer:
    """Writes sentences with names in known places."""

    def __init__(self, lexicons: Lexicons, model: NameModel, seed: int, *, held_out: bool) -> None:
        """Take what is drawn from."""
        self.random = random.Random(seed)
        self.held_out = held_out
        self.model = model
        ranked = sorted((name for name in model.shares if len(name) == 1), key=lambda name: -model.shares[name])
        self.surnames, self.weights = ranked, [np.exp(model.shares[name]) ** 0.8 for name in ranked]
        self.doubles = sorted(lexicons.double_surnames)
        self.frequent, self.further = sorted(lexicons.frequent_given), sorted(lexicons.given)
        self.first, self.second, _ = model._positions  # noqa: SLF001 -- the trainer reads what the model reads
        self.listed = sorted(n for n in model.dictionary.people if len(n) == 3 and model.shares.get(n[0], -9) > -5)
        self.words: dict[str, tuple[list[str], list[float]]] = {}
        groups: dict[str, list[tuple[str, int]]] = defaultdict(list)
        with model.dictionary._path.open(encoding="utf-8") as rows:  # noqa: SLF001 -- likewise
            for row in rows:
                word, count, tag = row.split()
                groups[tag].append((word, int(count)))
        for slot, tags in TAGS.items():
            found = [item for tag in tags for item in groups[tag] if slot == "i" or len(item[0]) < 4]
            self.words[slot] = ([w for w, _ in found], [c**0.6 for _, c in found])
        self.places = sorted(
            lexicons.cities | lexicons.provinces | set(self.random.sample(sorted(lexicons.districts), 900))
        )

    def name(self) -> str:
        """Draw a name from this writer's half."""
        while True:
            if self.random.random() < LISTED:
                return self.random.choice(self.listed)
            surname = (
                self.random.choice(self.doubles)
                if self.random.random() < DOUBLE
                else self.random.choices(self.surnames, self.weights)[0]
            )
            name = surname + self.given()
            if (sum(map(ord, name)) % 4 == 0) == self.held_out:
                return name

    def given(self) -> str:
        """Draw a given name."""
        size = 1 if self.random.random() < SINGLE else 2
        if size == 2 and self.random.random() < 0.4:
            return self.drawn(self.first) + self.drawn(self.second)
        return "".join(
            self.random.choice(self.further if self.random.random() < LESS_KNOWN else self.frequent)
            for _ in range(size)
        )

    def drawn(self, shares: dict[str, float]) -> str:
        """Draw a character by its share."""
        cached = self.__dict__.setdefault("_drawn", {})
        if id(shares) not in cached:
            cached[id(shares)] = (list(shares), [np.exp(value) for value in shares.values()])
        return str(self.random.choices(*cached[id(shares)])[0])

    def fill(self, slot: str) -> str:
        """Draw what fills a slot that is no name."""
        draw = self.random
        cues = self.model._cues  # noqa: SLF001 -- likewise
        if slot in self.words:
            return draw.choices(*self.words[slot])[0]
        if slot == "T":
            return draw.choice(cues["title"])
        if slot == "S":
            return draw.choice(cues["speech"][:24])
        if slot == "L":
            return draw.choice(self.places)
        if slot == "O":
            return (
                draw.choice(self.places)[:4]
                + (draw.choices(*self.words["n"])[0] if draw.random() < 0.6 else "")
                + draw.choice(BODIES)
            )
        if slot == "D":
            year = draw.randint(1950, 2024)
            return draw.choice(
                (
                    f"{year}年{draw.randint(1, 12)}月",
                    f"{draw.randint(1, 12)}月{draw.randint(1, 28)}日",
                    f"{year}年",
                    "去年",
                    "近日",
                )
            )
        return str(draw.randint(1, 90))

    def sentence(self, template: str) -> tuple[str, set[tuple[int, int]]]:
        """Give a text and where its names stand."""
        text, names, at, used = "", set(), 0, []
        for slot in SLOT.finditer(template):
            text += template[at : slot.start()]
            at = slot.end()
            if slot[1] == "P":
                name = self.random.choice(used) if used and self.random.random() < 0.1 else self.name()
                used.append(name)
                names.add((len(text), len(text) + len(name)))
                text += name
            else:
                text += self.fill(slot[1])
        return text + template[at:], names


def templates() -> dict[str, list[str]]:
    """Give the templates by genre."""
    found: dict[str, list[str]] = {}
    for line in (HERE / "prose.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            current.append(line)
    return found


def texts(writer: Writer, rounds: int, *, held_out: bool) -> list[tuple[str, str, set[tuple[int, int]]]]:
    """Give texts by genre; every fifth template is only for measuring."""
    made = []
    for genre, lines in templates().items():
        for index, line in enumerate(lines):
            if (index % 5 == 4) != held_out:
                continue
            for _ in range(rounds):
                one, names = writer.sentence(line)
                if writer.random.random() < 0.3:
                    other, more = writer.sentence(writer.random.choice(lines))
                    names |= {(a + len(one), b + len(one)) for a, b in more}
                    one += other
                made.append((genre, one, names))
    plain = (HERE / "plain.txt").read_text(encoding="utf-8").splitlines()
    for index, line in enumerate(plain):
        if (index % 5 == 4) == held_out:
            made.extend([("plain", line, set())] * (1 if held_out else 10))
    return made


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--rounds", type=int, default=60)
    options = asked.parse_args()
    lexicons = load_lexicons()
    model = NameModel(lexicons)
    finder = ChineseNames(lexicons, model)
    if not options.check:
        model.weights = fit(finder, texts(Writer(lexicons, model, 1, held_out=False), options.rounds, held_out=False))
        target = HERE.parents[1] / "classification/data/name_model.json"
        target.write_text(
            json.dumps(model.weights, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
    measure(finder, texts(Writer(lexicons, model, 2, held_out=True), 60, held_out=True))


def fit(finder: ChineseNames, made: list[tuple[str, str, set[tuple[int, int]]]]) -> dict[str, float]:
    """Give the coefficients."""
    columns: dict[str, int] = {}
    rows, cells, values, wanted = [], [], [], []
    for _, text, names in made:
        for one, features in finder.candidates(text, []):
            for name, value in features:
                rows.append(len(wanted))
                cells.append(columns.setdefault(name, len(columns)))
                values.append(value)
            wanted.append((one.start, one.stop) in names)
    from scipy.sparse import csr_matrix  # noqa: PLC0415 -- comes with scikit-learn, needed here only

    matrix = csr_matrix((values, (rows, cells)), shape=(len(wanted), len(columns)))
    learned = LogisticRegression(C=2.0, fit_intercept=False, max_iter=2000).fit(matrix, wanted)
    print(f"{len(made)} texts, {len(wanted)} candidates, {sum(wanted)} names, {len(columns)} features")
    return {name: round(float(learned.coef_[0][at]), 3) for name, at in columns.items()} | BY_HAND


def measure(finder: ChineseNames, made: list[tuple[str, str, set[tuple[int, int]]]]) -> None:
    """Print precision, recall and F1 by genre on what was kept apart."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for genre, text, names in made:
        found = {(span.start, span.end) for span in finder.find(text, [])}
        for key in (genre, "all"):
            counts[key][0] += len(found & names)
            counts[key][1] += len(found - names)
            counts[key][2] += len(names - found)
    for genre, (hit, wrong, missed) in counts.items():
        print(
            f"{genre:8} names {hit + missed:5}  precision {hit / max(1, hit + wrong):.3f}  "
            f"recall {hit / max(1, hit + missed):.3f}  F1 {2 * hit / max(1, 2 * hit + wrong + missed):.3f}  "
            f"wrong {wrong}"
        )


if __name__ == "__main__":
    main()
