from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from policies import (
    AccessRequest,
    ConsentKind,
    DatasetFact,
    Decision,
    FieldFact,
    GrantFact,
    HolderKind,
    LabelStatus,
    Outcome,
    PolicyBook,
    Tier,
    check_grant,
    decide,
    explain,
    load_policies,
    parse_form,
    trim,
)
from policies.reasons import SENTENCES

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LABELS: dict[str, tuple[str | None, Tier | None]] = {
    "owner_no": ("policy_contract", Tier.INTERNAL),
    "phone": ("contact_phone", Tier.CONFIDENTIAL),
    "diagnosis": ("medical_record", Tier.SENSITIVE),
    "claim": ("claims_record", Tier.CONFIDENTIAL),
    "branch": (None, Tier.PUBLIC),
    "secret": ("auth_secret", Tier.SENSITIVE),
    "genes": ("genetic_test", Tier.SENSITIVE),
    "odd": ("horoscope", Tier.PUBLIC),
    "unscanned": (None, None),
    "face": ("biometric", Tier.SENSITIVE),
    "home": ("address", Tier.SENSITIVE),
    "born": ("demographics", Tier.CONFIDENTIAL),
}


@pytest.fixture(scope="module")
def book() -> PolicyBook:
    study = {"id": "pricing_study", "basis": "consent", "consent": "general", "min_cell": 20}
    return load_policies().with_purposes([study])


def dataset(subject: object = None, column: str | None = "owner_no", **facts: object) -> DatasetFact:
    fields = {name: FieldFact(name, category, tier) for name, (category, tier) in LABELS.items()}
    return DatasetFact("cars.owners", fields, column, {"subject": subject, **facts})


def request(purpose: str | None = "pricing_study", **changes: Any) -> AccessRequest:
    held = frozenset(load_policies().purposes) | {"pricing_study"}
    asked = AccessRequest("lin", frozenset({"actuary"}), held, purpose, "cars.owners", None, NOW)
    return replace(asked, **changes)


def grant(forms: Mapping[str, str], purpose: str = "pricing_study", **changes: Any) -> GrantFact:
    given = GrantFact(
        id="g1",
        holder_kind=HolderKind.ROLE,
        holder="actuary",
        purpose=purpose,
        dataset="cars.owners",
        forms={name: parse_form(form) for name, form in forms.items()},
        expires_at=NOW + timedelta(days=1),
    )
    return replace(given, **changes)


def shown(decision: Decision) -> dict[str, str]:
    return {one.name: str(one.form) for one in decision.allowed}


def code(decision: Decision) -> tuple[Outcome, str]:
    return decision.outcome, decision.reasons[0].code


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"purpose": None}, "purpose-missing"),
        ({"purpose": "astrology"}, "purpose-unknown"),
        ({"role_purposes": frozenset()}, "purpose-not-held"),
        ({"roles": frozenset({"clerk"})}, "no-grant"),
        ({"at": NOW + timedelta(days=1)}, "grant-expired"),
        ({"at": NOW.replace(tzinfo=None)}, "grant-expired"),
        ({"fields": ("home",)}, "field-not-granted"),
        ({"fields": ("no_such_field",)}, "field-not-granted"),
    ],
)
def test_a_request_without_its_right_is_denied(book: PolicyBook, change: dict[str, Any], expected: str) -> None:
    decision = decide(book, request(**change), dataset(), [grant({"phone": "raw"})])

    assert code(decision) == (Outcome.DENY, expected)
    assert decision.allowed == ()


def test_a_declared_purpose_shows_what_the_grant_says_under_its_own_terms(book: PolicyBook) -> None:
    decision = decide(book, request(), dataset(), [grant({"phone": "mask:keep_first(3)", "diagnosis": "raw"})])

    assert shown(decision) == {"diagnosis": "raw", "phone": "mask:keep_first(3)"}
    assert (decision.obligations.consent, decision.obligations.min_cell) == (ConsentKind.GENERAL, 20)
    assert decision.policy_digest == book.digest


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("unscanned", (Outcome.GAP, "field-unlabelled")),
        ("unheard", (Outcome.GAP, "field-unlabelled")),
        ("odd", (Outcome.GAP, "category-unknown")),
        ("secret", (Outcome.DENY, "category-never")),
        ("genes", (Outcome.DENY, "category-never")),
    ],
)
def test_a_field_that_is_unknown_or_never_given_is_refused_for_every_purpose(
    book: PolicyBook, field: str, expected: tuple[Outcome, str]
) -> None:
    for purpose in book.purposes:
        decision = decide(
            book, request(purpose, case="C-1"), dataset("applicant"), [grant({field: "aggregate"}, purpose)]
        )
        assert code(decision) == expected


def test_a_label_in_review_is_a_gap(book: PolicyBook) -> None:
    facts = dataset()
    waiting = replace(facts, fields={"phone": replace(facts.fields["phone"], status=LabelStatus.REVIEW)})

    assert code(decide(book, request(), waiting, [grant({"phone": "raw"})])) == (Outcome.GAP, "field-in-review")


def test_a_field_that_is_not_personal_needs_no_line_in_the_matrix(book: PolicyBook) -> None:
    assert shown(decide(book, request("aml_cdd"), dataset(), [grant({"branch": "raw"}, "aml_cdd")])) == {
        "branch": "raw"
    }


def test_a_persons_grant_beats_a_roles(book: PolicyBook) -> None:
    own = grant({"phone": "raw"}, id="g2", holder_kind=HolderKind.PERSON, holder="lin")

    assert shown(decide(book, request(), dataset(), [grant({"phone": "mask:all"}), own])) == {"phone": "raw"}


def test_among_equals_the_stricter_form_holds(book: PolicyBook) -> None:
    grants = [grant({"phone": "raw"}), grant({"phone": "token"}, id="g2"), grant({"phone": "mask:all"}, id="g3")]

    assert shown(decide(book, request(), dataset(), grants)) == {"phone": "token"}


def test_a_roles_deny_beats_a_persons_grant(book: PolicyBook) -> None:
    own = grant({"phone": "raw"}, id="g2", holder_kind=HolderKind.PERSON, holder="lin")

    assert code(decide(book, request(), dataset(), [grant({"phone": "deny"}), own])) == (Outcome.DENY, "field-denied")


def test_one_persons_grant_is_not_anothers(book: PolicyBook) -> None:
    other = grant({"phone": "raw"}, holder_kind=HolderKind.PERSON, holder="wang")

    assert code(decide(book, request(), dataset(), [other])) == (Outcome.DENY, "no-grant")


@pytest.mark.parametrize(
    ("purpose", "field", "asked", "given"),
    [
        ("service_qa", "phone", "raw", "mask:keep_ends(3,4)"),
        ("service_qa", "phone", "mask:all", "mask:all"),
        ("service_qa", "phone", "token", "aggregate"),
        ("fraud_sharing", "phone", "raw", "token"),
        ("fraud_sharing", "phone", "mask:all", "aggregate"),
        ("actuarial_statistics", "born", "token", "aggregate"),
        ("aml_cdd", "born", "generalise:year", "generalise:year"),
    ],
)
def test_a_form_wider_than_the_matrix_is_cut_to_it(
    book: PolicyBook, purpose: str, field: str, asked: str, given: str
) -> None:
    decision = decide(book, request(purpose), dataset(), [grant({field: asked}, purpose)])

    assert shown(decision) == {field: given}
    assert any(reason.code == "form-cut" for reason in decision.fields[0].reasons) == (asked != given)


def test_a_category_without_a_line_in_the_matrix_is_denied(book: PolicyBook) -> None:
    decision = decide(book, request("marketing"), dataset(), [grant({"diagnosis": "mask:all"}, "marketing")])

    assert code(decision) == (Outcome.DENY, "category-not-in-purpose")


@pytest.mark.parametrize(
    ("case", "conditions", "expected"),
    [
        (None, {"approved_by": "wang"}, "case-needed"),
        (" ", {"approved_by": "wang"}, "case-needed"),
        ("C-1", {}, "approval-needed"),
        ("C-1", {"approved_by": "lin"}, "approval-needed"),
        ("C-1", {"approved_by": "actuary"}, "approval-needed"),
        ("C-1", {"approved_by": " "}, "approval-needed"),
        ("C-2", {"approved_by": "wang", "case": "C-1"}, "grant-other-case"),
        ("C-1", {"approved_by": "wang", "weather": "fair"}, "condition-unknown"),
    ],
)
def test_a_flag_of_the_matrix_that_is_not_met_denies(
    book: PolicyBook, case: str | None, conditions: dict[str, str], expected: str
) -> None:
    held = grant({"diagnosis": "raw"}, "claims", conditions=conditions)

    assert code(decide(book, request("claims", case=case), dataset(), [held])) == (Outcome.DENY, expected)


def test_a_case_and_another_persons_approval_open_a_flagged_field(book: PolicyBook) -> None:
    held = grant({"diagnosis": "raw"}, "claims", conditions={"approved_by": "wang", "case": "C-1"})
    decision = decide(book, request("claims", case="C-1"), dataset(), [held])

    assert shown(decision) == {"diagnosis": "raw"}
    assert (decision.obligations.case, decision.obligations.case_bound) == ("C-1", True)


def test_tier_5_is_shown_under_no_shipped_purpose_whatever_was_approved(book: PolicyBook) -> None:
    held = [grant({"phone": "aggregate"}, name, id=name, conditions={"approved_by": "wang"}) for name in book.purposes]
    important = dataset(important_data_catalogue=True)
    outcomes = {name: decide(book, request(name, case="C-1"), important, held).outcome for name in book.purposes}

    assert {name for name, outcome in outcomes.items() if outcome is Outcome.ALLOW} == {"pricing_study"}


def test_clear_text_of_tier_4_needs_a_case_or_an_approval(book: PolicyBook) -> None:
    facts = dataset()
    raised = replace(facts, fields={"born": FieldFact("born", "demographics", Tier.SENSITIVE)})
    held = grant({"born": "raw"}, "aml_cdd")

    assert code(decide(book, request("aml_cdd"), raised, [held])) == (Outcome.DENY, "tier-clear")
    assert shown(decide(book, request("aml_cdd", case="C-1"), raised, [held])) == {"born": "raw"}
    approved = replace(held, conditions={"approved_by": "wang"})
    assert shown(decide(book, request("aml_cdd"), raised, [approved])) == {"born": "raw"}


def test_a_purpose_without_a_ground_gives_group_figures_only(book: PolicyBook) -> None:
    held = grant({"born": "raw"}, "test_development")

    assert shown(decide(book, request("test_development"), dataset(), [held])) == {"born": "aggregate"}


@pytest.mark.parametrize(
    "purpose",
    ["marketing", "personalised_recommendation", "cross_sell", "joint_modelling_medical", "joint_modelling_insurers"],
)
def test_children_under_14_are_kept_out_even_where_a_world_replaces_the_purpose(purpose: str) -> None:
    shipped = load_policies()
    held = grant({"branch": "raw"}, purpose)
    for one in (shipped, shipped.with_purposes([{"id": purpose, "basis": "contract"}])):
        decision = decide(one, request(purpose), dataset(["insured", "minor_under_14"]), [held])
        assert code(decision) == (Outcome.DENY, "minors-excluded")
        assert check_grant(one, held, dataset("minor_under_14"))[0].code == "minors-excluded"


def test_a_guardians_consent_stands_in_for_a_childs(book: PolicyBook) -> None:
    decision = decide(book, request(), dataset("minor_under_14"), [grant({"phone": "raw"})])

    assert decision.obligations.consent is ConsentKind.GUARDIAN
    assert decision.obligations.guardian


def test_a_legal_duty_needs_no_guardian(book: PolicyBook) -> None:
    decision = decide(book, request("aml_cdd"), dataset("minor_under_14"), [grant({"born": "raw"}, "aml_cdd")])

    assert decision.obligations.consent is ConsentKind.NONE


def test_access_to_data_of_minors_from_14_needs_an_approval(book: PolicyBook) -> None:
    held = grant({"born": "raw"})
    approved = replace(held, conditions={"approved_by": "wang"})

    assert code(decide(book, request(), dataset("minor_14_to_17"), [held])) == (Outcome.DENY, "minors-approval")
    assert shown(decide(book, request(), dataset("minor_14_to_17"), [approved])) == {"born": "raw"}


def test_consent_without_a_subject_column_is_a_gap(book: PolicyBook) -> None:
    decision = decide(book, request(), dataset(column=None), [grant({"phone": "raw"})])

    assert code(decision) == (Outcome.GAP, "subject-unknown")


def test_group_figures_without_a_subject_column_are_a_gap(book: PolicyBook) -> None:
    held = grant({"born": "aggregate"}, "actuarial_statistics")

    assert code(decide(book, request("actuarial_statistics"), dataset(column=None), [held])) == (
        *(Outcome.GAP, "subject-unknown"),
    )


def test_a_table_about_nobody_needs_no_consent_and_no_subject(book: PolicyBook) -> None:
    facts = DatasetFact("cars.owners", {"branch": FieldFact("branch", None, Tier.PUBLIC)})
    decision = decide(book, request(), facts, [grant({"branch": "raw"})])

    assert shown(decision) == {"branch": "raw"}
    assert decision.obligations.consent is ConsentKind.NONE


def test_a_word_about_the_people_that_is_not_known_is_a_gap(book: PolicyBook) -> None:
    decision = decide(book, request(), dataset("toddlers"), [grant({"phone": "raw"})])

    assert code(decision) == (Outcome.GAP, "table-fact-unknown")


def test_facts_of_another_data_set_are_a_gap(book: PolicyBook) -> None:
    other = replace(dataset(), id="cars.trips")

    assert code(decide(book, request(), other, [grant({"phone": "raw"})])) == (Outcome.GAP, "dataset-unknown")


def test_extra_fields_are_trimmed_from_a_list_and_refuse_a_statement(book: PolicyBook) -> None:
    decision = decide(book, request(fields=("phone", "home")), dataset(), [grant({"phone": "raw"})])

    assert shown(decision) == {"phone": "raw"}
    assert [reason.code for reason in decision.reasons] == ["field-not-granted"]
    assert decision.require(["phone"]).outcome is Outcome.ALLOW
    assert decision.require(["phone", "home"]).outcome is Outcome.DENY
    assert decision.require(["phone", "home"]).allowed == ()
    assert decision.require([]).outcome is Outcome.ALLOW


def test_a_gap_beside_a_denied_field_is_a_denial_because_filling_it_would_not_help(book: PolicyBook) -> None:
    held = grant({"unscanned": "raw", "secret": "raw", "phone": "raw"})
    decision = decide(book, request(), dataset(), [held])

    assert decision.require(["unscanned"]).outcome is Outcome.GAP
    assert decision.require(["unscanned", "phone"]).outcome is Outcome.GAP
    assert decision.require(["unscanned", "secret"]).outcome is Outcome.DENY


def test_asking_for_no_field_is_allowed_only_where_some_field_is(book: PolicyBook) -> None:
    allowed = decide(book, request(fields=()), dataset(), [grant({"phone": "raw"})])
    refused = decide(book, request(fields=()), dataset(), [grant({"secret": "raw"})])

    assert (allowed.outcome, allowed.fields) == (Outcome.ALLOW, ())
    assert refused.outcome is Outcome.DENY


def test_an_explanation_reads_in_both_languages(book: PolicyBook) -> None:
    decision = decide(book, request(), dataset(), [grant({"phone": "raw", "secret": "raw"})])

    assert explain(decision, "en")[0] == "allowed"
    assert "群体数字每格不少于 20 人" in explain(decision, "zh")
    assert "next: leave the field out" in explain(decision, "en")


@pytest.mark.parametrize("code", SENTENCES)
def test_every_refusal_has_its_sentence_and_its_remedy_in_both_languages(code: str) -> None:
    words = SENTENCES[code]

    assert words.zh
    assert words.en
    assert words.outcome is Outcome.ALLOW or (words.zh_next and words.en_next)


def test_a_declared_grant_may_not_ask_for_more_than_the_matrix(book: PolicyBook) -> None:
    wide = grant(
        {"phone": "raw", "diagnosis": "raw", "secret": "token", "unscanned": "raw", "home": "deny"}, "marketing"
    )
    found = {reason.code for reason in check_grant(book, wide, dataset())}

    assert found == {"form-too-wide", "category-not-in-purpose", "category-never"}
    assert check_grant(book, grant({"phone": "token", "owner_no": "mask:all"}, "marketing"), dataset()) == ()
    assert check_grant(book, grant({"phone": "raw", "diagnosis": "raw"}), dataset()) == ()
    assert check_grant(book, grant({"phone": "raw"}, "astrology"), dataset())[0].code == "purpose-unknown"


def test_advice_drops_and_coarsens_with_a_reason_for_each(book: PolicyBook) -> None:
    wanted = {name: parse_form("raw") for name in ("phone", "diagnosis", "owner_no", "branch")}
    advice = trim(book, "marketing", wanted, dataset())

    assert {name: str(form) for name, form in advice.fields.items()} == {
        "phone": "token",
        "owner_no": "mask:keep_last(4)",
        "branch": "raw",
    }
    assert {change.field: change.reason.code for change in advice.changes} == {
        "phone": "form-cut",
        "diagnosis": "category-not-in-purpose",
        "owner_no": "form-cut",
    }
    assert trim(book, "astrology", wanted, dataset()).fields == {}
