"""Policies: the words of the field, and the rules that decide; pure, no input or output.

Importing this face costs no more than the standard library: YAML loads with the register, the SQL parser and the
phrase automaton with the rooms that need them (`policies.sql`, `policies.scripts`).
"""

from policies.advice import Advice, Change, Evidence, advise, check_grant, trim
from policies.decision import Decision, Obligations, decide
from policies.explanation import explain
from policies.facts import NOWHERE, AccessRequest, Circumstances, DatasetFact, FieldFact, GrantFact
from policies.fields import FieldDecision
from policies.forms import Form, FormContext, parse_form, stricter
from policies.purposes import Allowance, ConsentNeed, DataCategory, Purpose, RetentionRule, Title
from policies.reasons import Reason
from policies.register import PolicyBook, load_policies
from policies.versions import Facts, PoliciesVersion, decide_with
from policies.vocabulary import (
    Action,
    AgeGroup,
    ConsentKind,
    FormClass,
    HolderKind,
    LabelStatus,
    LawfulBasis,
    Outcome,
    SubjectRole,
    Tier,
)

__all__ = [
    "NOWHERE",
    "AccessRequest",
    "Action",
    "Advice",
    "AgeGroup",
    "Allowance",
    "Change",
    "Circumstances",
    "ConsentKind",
    "ConsentNeed",
    "DataCategory",
    "DatasetFact",
    "Decision",
    "Evidence",
    "Facts",
    "FieldDecision",
    "FieldFact",
    "Form",
    "FormClass",
    "FormContext",
    "GrantFact",
    "HolderKind",
    "LabelStatus",
    "LawfulBasis",
    "Obligations",
    "Outcome",
    "PoliciesVersion",
    "PolicyBook",
    "Purpose",
    "Reason",
    "RetentionRule",
    "SubjectRole",
    "Tier",
    "Title",
    "advise",
    "check_grant",
    "decide",
    "decide_with",
    "explain",
    "load_policies",
    "parse_form",
    "stricter",
    "trim",
]
