"""Shared strategies: requests, data sets and grants that meet each other often enough to decide something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from hypothesis import strategies as st

from policies import AccessRequest, DatasetFact, FieldFact, GrantFact, HolderKind, LabelStatus, Tier, load_policies
from tests.property.strategies_cedar import circumstances
from tests.property.strategies_forms import forms

NOW: Final = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BOOK: Final = load_policies().with_purposes(
    [
        {"id": "pricing_study", "basis": "consent", "consent": "general", "min_cell": 20},
        {"id": "cross_sell", "basis": ["contract"], "min_cell": 5},
    ]
)
PURPOSES: Final = [
    *("pricing_study", "cross_sell", "marketing", "claims", "risk_modelling", "aml_cdd", "test_development"),
    *("actuarial_statistics", "policy_service", "credit_query"),
]
FIELDS: Final = ["a", "b", "c", "d"]
CATEGORIES: Final = [
    *("name", "contact_phone", "demographics", "medical_record", "claims_record", "policy_contract") * 3,
    *("auth_secret", "genetic_test", "credit_info", "unheard_of", None),
]
_APPROVERS: Final = st.sampled_from(["wang", "lin", "actuary", "", " "])


def conditions() -> st.SearchStrategy[dict[str, str]]:
    return st.one_of(
        st.just({}),
        st.builds(lambda who: {"approved_by": who}, _APPROVERS),
        st.just({"approved_by": "wang", "case": "C-1"}),
        st.just({"case": "C-2"}),
        st.just({"moon": "full"}),
    )


def grants(purpose: str = "pricing_study") -> st.SearchStrategy[GrantFact]:
    """Most are the person's own or their role's, live, and for the purpose at hand."""
    without_zone = datetime(2027, 1, 1)  # noqa: DTZ001 -- an instant without a zone must be survived
    ends = [None, NOW + timedelta(seconds=1), NOW + timedelta(days=9), NOW, NOW - timedelta(days=1), without_zone]
    return st.builds(
        GrantFact,
        id=st.sampled_from(["g1", "g2", "g3", "g4", "g5", "g6"]),
        holder_kind=st.sampled_from(HolderKind),
        holder=mostly("lin", "actuary", "clerk", or_rarely="wang"),
        purpose=mostly(purpose, or_rarely="aml_cdd"),
        dataset=mostly("cars.owners", or_rarely="other"),
        forms=st.dictionaries(st.sampled_from(FIELDS), forms(), min_size=1, max_size=4),
        expires_at=st.sampled_from([*ends[:3], *ends[:3], *ends]),
        conditions=conditions(),
    ).map(held_by_its_kind)


def held_by_its_kind(grant: GrantFact) -> GrantFact:
    return replace(grant, holder_kind=HolderKind.ROLE if grant.holder in {"actuary", "clerk"} else HolderKind.PERSON)


def mostly(*usual: str, or_rarely: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*usual * 8, or_rarely])


def grant_lists(purpose: str = "pricing_study") -> st.SearchStrategy[list[GrantFact]]:
    return st.lists(grants(purpose), min_size=1, max_size=6, unique_by=lambda grant: grant.id)


def field_facts(name: str) -> st.SearchStrategy[FieldFact]:
    return st.builds(
        FieldFact,
        name=st.just(name),
        category=st.sampled_from(CATEGORIES),
        tier=st.sampled_from([*list(Tier) * 3, None]),
        status=st.sampled_from([*[LabelStatus.AUTO, LabelStatus.CONFIRMED] * 3, *LabelStatus]),
    )


def datasets() -> st.SearchStrategy[DatasetFact]:
    subjects = [None, "applicant", "insured", "minor_under_14", "minor_14_to_17", ["insured", "minor_under_14"]]
    facts = st.fixed_dictionaries(
        {"subject": st.sampled_from([*[None] * 8, *subjects, "martian"])},
        optional={
            "important_data_catalogue": st.sampled_from([False, False, False, True]),
            "branch": st.sampled_from(["shanghai", "beijing"]),
        },
    )
    return st.builds(
        DatasetFact,
        id=mostly("cars.owners", or_rarely="other"),
        fields=st.fixed_dictionaries(
            {name: field_facts(name) for name in FIELDS[:3]}, optional={"d": field_facts("d")}
        ),
        subject_column=st.sampled_from(["owner_no", "owner_no", None]),
        table_facts=facts.map(MappingProxyType),
    )


def requests(purpose: str | None) -> st.SearchStrategy[AccessRequest]:
    return st.builds(
        AccessRequest,
        person=st.just("lin"),
        roles=st.sampled_from([frozenset({"actuary", "clerk"}), frozenset({"actuary"}), frozenset[str]()]),
        role_purposes=st.sampled_from([*[frozenset(PURPOSES)] * 9, frozenset[str]()]),
        purpose=st.just(purpose),
        dataset=st.just("cars.owners"),
        fields=st.none() | st.lists(st.sampled_from([*FIELDS, "zz"]), max_size=4).map(tuple),
        at=st.just(NOW),
        case=st.sampled_from([None, "C-1", "C-1", "C-2", " "]),
        around=circumstances(),
        branch=st.sampled_from([None, "shanghai"]),
        devices=st.sampled_from([frozenset[str](), frozenset({"lin-laptop"})]),
    )


def situations() -> st.SearchStrategy[tuple[AccessRequest, DatasetFact, list[GrantFact]]]:
    """A request, the facts of its data set, and grants that mostly speak of both."""
    known = st.sampled_from(PURPOSES).flatmap(lambda one: st.tuples(requests(one), datasets(), grant_lists(one)))
    odd = st.sampled_from([None, "", "no_such_purpose"])
    unknown = odd.flatmap(lambda one: st.tuples(requests(one), datasets(), grant_lists()))
    return st.one_of(*[known] * 9, unknown)
