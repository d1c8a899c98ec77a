import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from audit import Exported, Notary, append, export, head, read_entries, verify_folder
from audit.errors import (
    ContentMismatchError,
    ExportFolderError,
    MalformedKeyError,
    MissingPieceError,
    NotInLogError,
    RootMismatchError,
    StrayFileError,
    UntrustedSignatureError,
    VerificationError,
    WrongLengthError,
)
from audit.tiles import pack_bundle, unpack_bundle
from storage import KeyRing, read_only, unit_of_work
from tests.audit_data import ORIGIN, event

SIZE = 300
PARTIAL_ENTRIES = Path("tile/entries/001.p/44")
PARTIAL_LEAVES = Path("tile/0/001.p/44")


def grow(engine: Engine, keys: KeyRing, now: datetime, start: int, stop: int) -> Notary:
    """Append events and leave the log signed."""
    notary = Notary(engine, keys.log_key(), ORIGIN, lambda: now)
    with unit_of_work(engine) as session:
        for number in range(start, stop):
            append(session, event(f"k-{number}", facts={"rows": number}))
    notary.start()
    notary.stop()
    return notary


@pytest.fixture
def vkey(engine: Engine, keys: KeyRing, now: datetime) -> str:
    return str(grow(engine, keys, now, 0, SIZE).vkey)


@pytest.fixture
def folder(engine: Engine, vkey: str, tmp_path: Path) -> Path:
    export(engine, tmp_path / "out")
    return tmp_path / "out"


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def test_an_export_verifies_and_says_whose_key_it_trusted(engine: Engine, folder: Path, vkey: str) -> None:
    own, given = verify_folder(folder), verify_folder(folder, vkey)

    with read_only(engine) as session:
        assert own.head == given.head == head(session)
    assert own.is_key_from_folder
    assert not given.is_key_from_folder
    assert own.files == len(files(folder))


def test_an_export_has_the_files_of_the_specification(folder: Path) -> None:
    assert [path.relative_to(folder).as_posix() for path in files(folder)] == [
        "checkpoint",
        "log.vkey",
        "tile/0/000",
        "tile/0/001.p/44",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/44",
    ]


def test_every_flipped_byte_in_every_file_is_found(folder: Path, vkey: str) -> None:
    for path in files(folder):
        whole = path.read_bytes()
        places = range(len(whole)) if len(whole) < 400 else range(0, len(whole), len(whole) // 29)
        for place in places:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
            with pytest.raises(VerificationError):
                verify_folder(folder)
            if path.name == "log.vkey":
                continue
            with pytest.raises(VerificationError):
                verify_folder(folder, vkey)
        path.write_bytes(whole)

    assert verify_folder(folder).head.size == SIZE


def test_every_file_cut_or_lengthened_by_a_byte_is_found(folder: Path) -> None:
    for path in files(folder):
        whole = path.read_bytes()
        for changed in (whole[:-1], whole + b"\0", b""):
            if path.name == "log.vkey" and changed == whole[:-1]:
                continue  # the newline after the key carries nothing
            path.write_bytes(changed)
            with pytest.raises(VerificationError):
                verify_folder(folder)
        path.write_bytes(whole)


def test_every_missing_file_is_found(folder: Path) -> None:
    for path in files(folder):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(MissingPieceError):
            verify_folder(folder)
        path.write_bytes(whole)


def test_a_changed_entry_is_named(folder: Path) -> None:
    edit(folder / PARTIAL_ENTRIES, lambda raw: raw.replace(b'"rows":260', b'"rows":261'))

    with pytest.raises(ContentMismatchError) as caught:
        verify_folder(folder)
    assert caught.value.values["index"] == 260
    assert PARTIAL_ENTRIES.as_posix() in str(caught.value)


def test_a_removed_last_entry_is_found_where_it_was(folder: Path) -> None:
    edit(folder / PARTIAL_ENTRIES, lambda raw: pack_bundle(unpack_bundle(raw)[:-1]))

    with pytest.raises(WrongLengthError) as caught:
        verify_folder(folder)
    assert caught.value.values["index"] == SIZE - 1


def test_an_entry_and_its_leaf_changed_together_are_found_by_the_root(folder: Path) -> None:
    from audit.merkle import leaf_hash

    edit(folder / PARTIAL_ENTRIES, lambda raw: raw.replace(b'"rows":260', b'"rows":261'))
    changed = unpack_bundle((folder / PARTIAL_ENTRIES).read_bytes())[4]
    edit(folder / PARTIAL_LEAVES, lambda raw: raw[: 4 * 32] + leaf_hash(changed) + raw[5 * 32 :])

    with pytest.raises(RootMismatchError):
        verify_folder(folder)


def test_a_tail_cut_off_with_the_checkpoint_left_is_found(folder: Path) -> None:
    shutil.rmtree(folder / PARTIAL_ENTRIES.parent)
    shutil.rmtree(folder / PARTIAL_LEAVES.parent)

    with pytest.raises(MissingPieceError) as caught:
        verify_folder(folder)
    assert caught.value.values["index"] == 256


def test_another_logs_key_is_refused(folder: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from audit.note import verifier_key

    stranger = verifier_key(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"s" * 32))

    with pytest.raises(UntrustedSignatureError):
        verify_folder(folder, str(stranger))


def test_a_malformed_key_is_refused(folder: Path) -> None:
    with pytest.raises(MalformedKeyError):
        verify_folder(folder, "no key")


@pytest.mark.parametrize("name", ["tile/notes.txt", "tile/0/002", "tile/entries/000.p/300", "tile/1/000"])
def test_a_stray_file_among_the_tiles_is_found(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x")

    with pytest.raises(StrayFileError):
        verify_folder(folder)


def test_a_narrower_copy_of_a_tile_is_let_through_only_when_it_agrees(folder: Path) -> None:
    for name, length in (("0", 32 * 3), ("entries", None)):
        raw = (folder / "tile" / name / "000").read_bytes()
        narrow = raw[:length] if length else pack_bundle(unpack_bundle(raw)[:3])
        (folder / "tile" / name / "000.p").mkdir()
        (folder / "tile" / name / "000.p" / "3").write_bytes(narrow)
    assert verify_folder(folder).head.size == SIZE
    edit(folder / "tile/entries/000.p/3", lambda found: found[:-1] + b"!")

    with pytest.raises(ContentMismatchError):
        verify_folder(folder)


def test_an_older_export_is_brought_up_to_date(engine: Engine, folder: Path, keys: KeyRing, now: datetime) -> None:
    grow(engine, keys, now, SIZE, 520)
    done = export(engine, folder)

    assert isinstance(done, Exported)
    assert verify_folder(folder).head.size == done.head.size == 520
    assert not (folder / PARTIAL_ENTRIES).exists()
    assert len(files(folder)) == done.files


def test_a_folder_with_other_things_is_left_alone(engine: Engine, vkey: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")

    with pytest.raises(ExportFolderError):
        export(engine, tmp_path / "mine")
    assert files(tmp_path / "mine") == [tmp_path / "mine" / "letter.txt"]


def test_the_export_of_another_log_is_not_overwritten(engine: Engine, folder: Path) -> None:
    edit(folder / "checkpoint", lambda raw: raw.replace(ORIGIN.encode(), b"else.example"))

    with pytest.raises(ExportFolderError):
        export(engine, folder)


def test_nothing_is_exported_before_something_was_signed(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotInLogError):
        export(engine, tmp_path / "out")


def test_an_empty_log_exports_and_verifies(engine: Engine, keys: KeyRing, now: datetime, tmp_path: Path) -> None:
    grow(engine, keys, now, 0, 0)
    export(engine, tmp_path / "out")

    assert verify_folder(tmp_path / "out").head.size == 0


def test_served_bundles_are_the_exported_files(engine: Engine, folder: Path) -> None:
    with read_only(engine) as session:
        assert read_entries(session, 1, 44) == (folder / PARTIAL_ENTRIES).read_bytes()
