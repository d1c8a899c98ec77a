import re
import subprocess
import sys
from importlib.resources import files

import pytest

from policies import ConsentKind, LawfulBasis, PolicyBook, SubjectRole, load_policies
from policies.errors import PurposeEntryError, RegisterInvalidError
from policies.register import parse_register
from policies.vocabulary import FormClass

TEXT = files("policies").joinpath("data/purposes.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    return load_policies()


def test_the_register_that_ships_is_whole(book: PolicyBook) -> None:
    assert (len(book.purposes), len(book.categories), len(book.retention)) == (28, 27, 20)
    assert all(purpose.retention in book.retention for purpose in book.purposes.values())


def test_no_purpose_lists_a_category_that_is_never_given(book: PolicyBook) -> None:
    assert all(not book.never & purpose.allow.keys() for purpose in book.purposes.values())


def test_sensitive_data_on_consent_alone_takes_separate_consent(book: PolicyBook) -> None:
    for purpose in book.purposes.values():
        sensitive = [name for name in purpose.allow if book.categories[name].sensitive]
        if purpose.basis == (LawfulBasis.CONSENT,) and sensitive:
            assert purpose.consent.default >= ConsentKind.SEPARATE, purpose.id


def test_the_strictest_consent_holds_for_the_subjects_of_a_table(book: PolicyBook) -> None:
    servicing = book.purposes["policy_service"].consent

    assert servicing.for_subject(frozenset({SubjectRole.APPLICANT})) is ConsentKind.NONE
    assert servicing.for_subject(frozenset({SubjectRole.INSURED})) is ConsentKind.GENERAL
    assert servicing.for_subject(frozenset({SubjectRole.APPLICANT, SubjectRole.INSURED})) is ConsentKind.GENERAL
    assert servicing.for_subject(frozenset()) is ConsentKind.GENERAL


def test_kinds_of_consent_compare_by_strictness_and_not_by_letters() -> None:
    assert ConsentKind.NONE < ConsentKind.GENERAL < ConsentKind.SEPARATE < ConsentKind.WRITTEN < ConsentKind.GUARDIAN
    assert max(ConsentKind) is ConsentKind.GUARDIAN
    assert FormClass.RAW < FormClass.DENIED


def test_the_digest_names_what_the_book_says(book: PolicyBook) -> None:
    changed = parse_register(TEXT.replace("contact_phone: {form: tokenised}", "contact_phone: {form: raw}", 1))

    assert re.fullmatch("[0-9a-f]{64}", book.digest)
    assert load_policies().digest == book.digest != changed.digest


def test_a_new_purpose_is_added_and_changes_the_digest(book: PolicyBook) -> None:
    study = {"id": "pricing_study", "title": {"zh": "费率研究", "en": "Pricing study"}, "basis": "consent"}
    wider = book.with_purposes([{**study, "consent": "general", "min_cell": 20}])

    assert wider.purposes["pricing_study"].min_cell == 20
    assert wider.purposes["pricing_study"].consent.default is ConsentKind.GENERAL
    assert (wider.replaced, book.purposes.get("pricing_study")) == ((), None)
    assert wider.digest != book.digest


def test_a_shipped_id_replaces_the_shipped_purpose_and_is_listed(book: PolicyBook) -> None:
    wider = book.with_purposes([{"id": "marketing", "basis": "contract"}])

    assert wider.replaced == ("marketing",)
    assert not wider.purposes["marketing"].allow
    assert wider.purposes["marketing"].min_cell == 50
    assert wider.purposes["marketing"].consent.default is ConsentKind.NONE


def test_the_order_of_declarations_does_not_change_the_digest(book: PolicyBook) -> None:
    entries = [{"id": "one", "basis": "contract"}, {"id": "two", "basis": "legal_duty"}]

    assert book.with_purposes(entries).digest == book.with_purposes(entries[::-1]).digest


def test_declaring_nothing_leaves_the_book_as_it_is(book: PolicyBook) -> None:
    assert book.with_purposes([]) is book


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"id": "x"},
        {"id": "", "basis": "consent"},
        {"id": "x", "basis": "whim"},
        {"id": "x", "basis": []},
        {"id": "x", "basis": "consent", "consent": "none"},
        {"id": "x", "basis": "consent", "consent": "loud"},
        {"id": "x", "basis": "contract", "min_cell": 0},
        {"id": "x", "basis": "contract", "min_cell": True},
        {"id": "x", "basis": "contract", "min_cell": "20"},
        {"id": "x", "basis": "contract", "alow": {}},
        {"id": "x", "basis": "contract", "retention": "RT-NEVER"},
        {"id": "x", "basis": "contract", "title": {"fr": "x"}},
        {"id": 7, "basis": "contract"},
        "marketing",
    ],
)
def test_a_declaration_that_is_not_valid_is_refused(book: PolicyBook, entry: dict[str, object]) -> None:
    with pytest.raises(PurposeEntryError) as caught:
        book.with_purposes([entry])

    assert caught.value.detail("zh")
    assert caught.value.next_step("en")


def test_an_id_declared_twice_is_refused(book: PolicyBook) -> None:
    with pytest.raises(PurposeEntryError):
        book.with_purposes([{"id": "x", "basis": "contract"}] * 2)


def test_declaring_again_on_a_changed_book_is_refused(book: PolicyBook) -> None:
    once = book.with_purposes([{"id": "x", "basis": "contract"}])

    with pytest.raises(PurposeEntryError):
        once.with_purposes([{"id": "y", "basis": "contract"}])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("default_form: denied", "default_form: raw"),
        ("min_cell: 50", "min_cell: 0"),
        ("min_cell: 50", "min_cell: fifty"),
        ("never: [auth_secret", "never: [password"),
        ("      contact_phone: {form: masked}", "      phone_number: {form: masked}"),
        ("      contact_phone: {form: masked}", "      auth_secret: {form: masked}"),
        ("      contact_phone: {form: masked}", "      contact_phone: {form: blurred}"),
        ("      contact_phone: {form: masked}", "      contact_phone: {form: masked, aproval: true}"),
        ("    retention: RT-POLICY", "    retention: RT-NEVER"),
        ("  - id: policy_service", "  - id: underwriting"),
        ("denied: [marketing,", "denied: [advertising,"),
        ("aggregated: [aggregated]", "aggregated: [raw]"),
        ('masked: "mask:keep_first(1)"', "masked: raw"),
        ('masked: "mask:keep_first(1)"', 'masked: "mask:half"'),
        ("basis: [contract, consent]", "basis: [whim]"),
        ("purposes:\n", "purposes: {}\nmore:\n"),
        ("register: {", "register: {{"),
        (TEXT, ""),
        (TEXT, "- 1"),
    ],
)
def test_a_damaged_register_is_refused_whole(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(RegisterInvalidError):
        parse_register(TEXT.replace(old, new, 1))


def test_the_face_loads_no_heavy_library() -> None:
    heavy = ("yaml", "sqlglot", "ahocorasick", "duckdb", "sqlalchemy", "cryptography")
    program = f"import sys, policies; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert shown.stdout.strip() == "[]"
