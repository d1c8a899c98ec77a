"""Check sales scripts and dialogues; the entry holds digests and counts, never the text."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from audit import append
from governance.house import House
from policies.scripts import (
    PhraseLibrary,
    check_dialogue,
    check_script,
    dialogue_document,
    read_dialogue,
    read_utterance,
    verdict_document,
)
from storage import new_id, unit_of_work

KINDS = {"check": "script.checked", "dialogue": "dialogue.checked"}


def check_one(library: PhraseLibrary, kind: str, document: object) -> dict[str, Any]:
    """Check one utterance (`check`) or dialogue (`dialogue`) in the forms of the interface.

    Raises:
        UtteranceInvalidError: the document is not of the form.
    """
    if kind == "dialogue":
        return dict(dialogue_document(check_dialogue(library, read_dialogue(document))))
    return dict(verdict_document(check_script(library, read_utterance(document))))


def note_checks(house: House, actor: str, kind: str, texts: Iterable[str], verdicts: Iterable[str]) -> None:
    """Write one entry for a batch of checks and wait until it is durable."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(hashlib.sha256(text.encode(errors="surrogatepass")).digest())
    counts = Counter(verdicts)
    facts = {"checked": sum(counts.values()), "verdicts": dict(counts), "digest": digest.hexdigest()}
    with unit_of_work(house.engine) as session:
        entry = append(session, house.event(KINDS[kind], actor, new_id(house.clock()), facts=facts))
    house.notarised(entry)


def check_file(house: House, actor: str, library: PhraseLibrary, lines: Iterable[str]) -> dict[str, int]:
    """Check a file of utterances; give how many were checked and how many have a violation."""
    texts = list(lines)
    found = [check_one(library, "check", json.loads(line)) for line in texts]
    note_checks(house, actor, "check", texts, [str(one["verdict"]) for one in found])
    return {"checked": len(found), "violations": sum(bool(one["violations"]) for one in found)}
