import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from storage.ciphers import (
    HEAD_BYTES,
    NONCE_BYTES,
    OVERHEAD_BYTES,
    SUITES,
    Suite,
    context_of,
    head,
    probed,
    seal,
    suite_of,
    unseal,
    version_of,
)
from storage.errors import CipherUnavailableError, SealBrokenError

PLAINTEXT = "张三丰 说：膝盖疼".encode()
PLACE = context_of("owner", "consent_event", "evidence", "7")


@pytest.fixture(params=sorted(SUITES))
def suite(request: pytest.FixtureRequest) -> Suite:
    return probed(str(request.param))


def sealed_by(suite: Suite, plaintext: bytes = PLAINTEXT) -> bytes:
    return seal(suite.box(bytes(suite.key_bytes)), head(suite, 3), plaintext, PLACE)


def opened_by(suite: Suite, sealed: bytes, place: bytes = PLACE, key: bytes | None = None) -> bytes:
    return unseal(suite.box(key or bytes(suite.key_bytes)), sealed, place)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 4096])
def test_what_was_sealed_opens(suite: Suite, length: int) -> None:
    plaintext = bytes(range(256)) * 16
    assert opened_by(suite, sealed_by(suite, plaintext[:length])) == plaintext[:length]


def test_the_overhead_is_33_bytes(suite: Suite) -> None:
    assert len(sealed_by(suite)) - len(PLAINTEXT) == OVERHEAD_BYTES == 33


def test_every_single_bit_that_is_flipped_is_found(suite: Suite) -> None:
    sealed = sealed_by(suite)
    for place in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(SealBrokenError):
            opened_by(suite, bytes(changed))


def test_every_cut_is_found(suite: Suite) -> None:
    sealed = sealed_by(suite)
    for length in range(len(sealed)):
        with pytest.raises(SealBrokenError):
            opened_by(suite, sealed[:length])


@pytest.mark.parametrize(
    "place",
    [
        ("other", "consent_event", "evidence", "7"),
        ("owner", "consent_event", "evidence", "8"),
        ("owner", "consent_event", "reason", "7"),
        ("owner", "consent_event", "evidence7"),
        ("owner", "consent_eventevidence", "", "7"),
    ],
)
def test_a_value_that_was_moved_does_not_open(suite: Suite, place: tuple[str, ...]) -> None:
    with pytest.raises(SealBrokenError):
        opened_by(suite, sealed_by(suite), context_of(*place))


def test_another_key_does_not_open(suite: Suite) -> None:
    with pytest.raises(SealBrokenError):
        opened_by(suite, sealed_by(suite), key=b"\x01" * suite.key_bytes)


def test_a_value_re_labelled_with_another_key_version_does_not_open(suite: Suite) -> None:
    sealed = sealed_by(suite)
    with pytest.raises(SealBrokenError):
        opened_by(suite, head(suite, 4) + sealed[HEAD_BYTES:])


def test_equal_values_never_look_alike(suite: Suite) -> None:
    assert len({sealed_by(suite) for _ in range(100)}) == 100


def test_a_sealed_value_names_its_suite_and_key_version(suite: Suite) -> None:
    assert (suite_of(sealed_by(suite)), version_of(sealed_by(suite))) == (suite, 3)


@pytest.mark.parametrize("sealed", [b"", b"\x09" + bytes(40), bytes(40)])
def test_a_value_of_no_suite_is_refused(sealed: bytes) -> None:
    with pytest.raises(SealBrokenError):
        suite_of(sealed)


def test_an_unknown_suite_is_refused_by_name() -> None:
    with pytest.raises(CipherUnavailableError, match="rot13"):
        probed("rot13")


def test_sm4_gcm_is_that_of_rfc_8998_appendix_a_1() -> None:
    box = SUITES["sm4-gcm"].box(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
    nonce = bytes.fromhex("00001234567800000000ABCD")
    assert len(nonce) == NONCE_BYTES
    plaintext = bytes.fromhex(
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    found = box.encrypt(nonce, plaintext, bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2"))
    assert found.hex().upper() == (
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )


def test_aes_is_the_librarys_own_gcm() -> None:
    # NIST's GCM test case 14: zero key, zero nonce, one zero block.
    box = SUITES["aes-256-gcm"].box(bytes(32))
    assert isinstance(box, AESGCM)
    assert box.encrypt(bytes(12), bytes(16), None).hex() == (
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
    )
