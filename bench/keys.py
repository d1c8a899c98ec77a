"""Field encryption with a kept key against the bare library; a person's key fetched cold against its parts; rotation.

Run: `python bench/keys.py [PEOPLE]`. Google's Tink (KmsEnvelopeAead, the key travelling with each field) joins in
where its package is installed; no test needs it. Figures are ratios within one run.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage import FileMasterKeys, KeyCache, SubjectKeys, migrate, open_engine, probed, read_only, unit_of_work
from storage.ciphers import SUITES, context_of, head, seal, unseal

FIELD = b"110199198001010010"
PLACE = ("vault", "value", "row-1", "raw")
ROUNDS = 7


def rate(work: Callable[[int], object], times: int = 40_000) -> float:
    started = time.perf_counter()
    for number in range(times):
        work(number)
    return times / (time.perf_counter() - started)


def ratio(ours: Callable[[int], object], other: Callable[[int], object], times: int = 40_000) -> float:
    """Give our rate as a share of the other's: the median of interleaved rounds."""
    return median(rate(ours, times) / rate(other, times) for _ in range(ROUNDS))


def fields(keys: SubjectKeys, session: object) -> None:
    key = keys.key(session, "person-1")  # type: ignore[arg-type]  # a session
    bare, context = AESGCM(bytes(32)), context_of("person-1", *PLACE)
    sealed = key.seal(FIELD, *PLACE)
    nonce = os.urandom(12)
    bare_sealed = bare.encrypt(nonce, FIELD, context)
    print(f"overhead of a field           {len(sealed) - len(FIELD):8} bytes (limit 40; Tink's envelope 99)")
    found = ratio(lambda _: key.seal(FIELD, *PLACE), lambda _: bare.encrypt(os.urandom(12), FIELD, context))
    print(f"seal, of bare AESGCM          {found:8.2f}   (goal 0.5)")
    found = ratio(lambda _: key.open(sealed, *PLACE), lambda _: bare.decrypt(nonce, bare_sealed, context))
    print(f"open, of bare AESGCM          {found:8.2f}")


def cold(masters: FileMasterKeys) -> None:
    suite = SUITES["aes-256-gcm"]
    context = context_of("subject-key", "person-1", "1", suite.name)
    plain = os.urandom(32)
    version, wrapped = masters.wrap(plain, context)
    place = context_of("person-1", *PLACE)
    sealed = seal(suite.box(plain), head(suite, 1), FIELD, place)

    def ours(_: int) -> object:
        return unseal(suite.box(masters.unwrap(version, wrapped, context)), sealed, place)

    kek, nonce = AESGCM(os.urandom(32)), os.urandom(12)
    bare_key = kek.encrypt(nonce, plain, None)
    bare_sealed = AESGCM(plain).encrypt(nonce, FIELD, None)
    found = ratio(ours, lambda _: AESGCM(kek.decrypt(nonce, bare_key, None)).decrypt(nonce, bare_sealed, None))
    print(f"cold open, of two bare GCMs   {found:8.2f}")
    if find_spec("tink") is None:
        print("Tink is not installed: its row is left out")
        return
    tink, aead = import_module("tink"), import_module("tink.aead")
    aead.register()
    remote = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM).primitive(aead.Aead)
    envelope = aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, remote)
    theirs = envelope.encrypt(FIELD, place)
    found = ratio(ours, lambda _: envelope.decrypt(theirs, place), 10_000)
    print(f"cold open, of Tink's envelope {found:8.2f}   (goal 1.0)")


def main() -> None:
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    suite = probed("aes-256-gcm")
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/keys.db")
        migrate(engine)
        masters = FileMasterKeys(Path(folder), suite)
        keys = SubjectKeys(masters, suite, lambda: datetime.now(UTC), KeyCache(10_000, timedelta(minutes=15)))
        with unit_of_work(engine) as session:
            fields(keys, session)
        cold(masters)
        with unit_of_work(engine) as session:
            for number in range(people):
                keys.key(session, f"p{number:08}")
        masters.rotate()
        rotate(engine, keys, people)
        engine.dispose()


def rotate(engine: object, keys: SubjectKeys, people: int) -> None:
    with read_only(engine) as session:  # type: ignore[arg-type]  # an engine
        sample = [keys.key(session, f"p{number:08}") for number in range(0, people, max(people // 2000, 1))]
    contexts = [context_of("subject-key", one.owner, "1", "aes-256-gcm") for one in sample]
    started, moved = time.perf_counter(), 0
    while True:
        with unit_of_work(engine) as session:  # type: ignore[arg-type]  # an engine
            done = keys.rewrap(session, 1000)
        if not done:
            break
        moved += done
    spent = time.perf_counter() - started
    crypto = rate(lambda n: keys.masters.wrap(bytes(32), contexts[n % len(contexts)]), 2000)
    share = moved / spent / crypto
    print(f"rotation of {moved:,} keys      {moved / spent:10,.0f} a second, {share:.2f} of wrapping alone")


if __name__ == "__main__":
    main()
