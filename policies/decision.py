"""The decision point: facts and policies in, a decision out.

The questions stand in the order of the law: purpose, minors, grants, consent, then each field and its flags. The
first no stops; a missing fact is a gap, which refuses too. Whether a ground carries a purpose is settled in the
register, and who has consented by the row filter that the decision obliges its caller to apply.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from policies.cedar.rules import RuleSet
from policies.facts import AccessRequest, DatasetFact, GrantFact
from policies.fields import FieldDecision, Question, decide_field, not_granted
from policies.matrix import consent_needed, excluded_by_minors, minor_rules
from policies.purposes import Purpose
from policies.reasons import Reason, because
from policies.register import PolicyBook
from policies.vocabulary import ConsentKind, Outcome
from storage.errors import Language


@dataclass(frozen=True, slots=True)
class Obligations:
    """What must be done if access is allowed; a caller that can't do one of them must refuse.

    Args:
        consent: rows only of people with a live consent of this kind for the purpose; `none` sets no filter.
        subject_column: by which consent and people are counted.
        min_cell: the fewest people in a group figure.
        case: the case the access is for, which must belong to the subject.
        case_bound: rows only of the subject whose case it is.
    """

    consent: ConsentKind = ConsentKind.NONE
    subject_column: str | None = None
    min_cell: int = 50
    case: str | None = None
    case_bound: bool = False

    @property
    def guardian(self) -> bool:
        """Tell whether a guardian's consent stands in for the subject's own."""
        return self.consent is ConsentKind.GUARDIAN


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, with everything that explains it.

    Args:
        outcome: allow when at least one asked field may be shown.
        purpose: as stated, known or not.
        fields: one for each asked field, in the order asked.
        reasons: of the refusal as a whole, or of the refused fields.
        policy_digest: of the book that decided.
        rules_digest: of the access policies that decided with it; nothing where none did.
        bundle_digest: of the compiled bundle that answered; nothing where the rules were followed one by one.
    """

    outcome: Outcome
    purpose: str | None
    dataset: str
    fields: tuple[FieldDecision, ...]
    obligations: Obligations
    reasons: tuple[Reason, ...]
    policy_digest: str
    rules_digest: str | None = None
    bundle_digest: str | None = None

    @property
    def allowed(self) -> tuple[FieldDecision, ...]:
        """Give the fields that may be shown; none when the decision is not allow."""
        return tuple(one for one in self.fields if one.allowed) if self.outcome is Outcome.ALLOW else ()

    def next_step(self, language: Language) -> str:
        """Give what would change a refusal, or an empty text."""
        return next((change for reason in self.reasons if (change := reason.change(language))), "")

    def require(self, names: Iterable[str]) -> "Decision":
        """Give this decision for a statement that names these fields: one refused field refuses the whole.

        Guarantee: never allows what this decision refuses; a field it does not speak of is denied.
        """
        if self.outcome is not Outcome.ALLOW:
            return self
        known = {one.name: one for one in self.fields}
        fields = tuple(known.get(name) or not_granted(name) for name in dict.fromkeys(names))
        refused = [one for one in fields if not one.allowed]
        if not refused:
            return replace(self, fields=fields, reasons=())
        reasons = tuple(reason for one in refused for reason in one.reasons)
        return replace(self, outcome=_worst(refused), fields=fields, reasons=reasons)

    def refuse_use(self, field: str, zh: str, en: str) -> "Decision":
        """Give this decision for a statement that uses a field for aggregation in another way."""
        reason = because("aggregate-only", field=field, zh=zh, en=en)
        fields = tuple(
            replace(one, outcome=Outcome.DENY, reasons=(reason,)) for one in self.fields if one.name == field
        )
        return replace(self, outcome=Outcome.DENY, fields=fields, reasons=(reason,))


def decide(
    book: PolicyBook,
    request: AccessRequest,
    dataset: DatasetFact,
    grants: Iterable[GrantFact],
    rules: RuleSet | None = None,
) -> Decision:
    """Decide one request, rule by rule: the slow way that `policies.point` must agree with.

    Args:
        book: the policies in force.
        request: one purpose, one data set, some fields.
        dataset: its facts; facts of another data set are a gap.
        grants: any grants; those of others, other purposes or other data sets are left aside.
        rules: the access policies in force, which may refuse what all else lets through; nothing asks none.

    Guarantee: total, it raises for no facts; an expired grant equals none; a further `deny` never allows more;
        removing a grant that denies nothing never allows a further field; a field without a known category and tier,
        a secret and a genetic test are never shown; rules never allow what is refused without them.
    """
    prepared = prepare(book, request, dataset, grants)
    if isinstance(prepared, Reason):
        return refused(request, prepared, book.digest, rules.digest if rules else None)
    question, names = prepared.question, prepared.names(request)
    fields = tuple(decide_field(question, name) for name in names)
    if rules is not None:
        fields = rules.restrict(request, question.purpose, dataset, fields)
    return conclude(prepared.obligations, request, fields, book.digest, rules.digest if rules else None)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that nothing refuses as a whole: what its fields are judged by, and what is due whatever they are."""

    question: Question
    obligations: Obligations

    @property
    def granted(self) -> tuple[str, ...]:
        """Give the fields that live grants speak of, each once."""
        return tuple(dict.fromkeys(name for grant in self.question.grants for name in sorted(grant.forms)))

    def names(self, request: AccessRequest) -> tuple[str, ...]:
        """Give the fields to be judged: those asked for, or all granted ones."""
        return tuple(dict.fromkeys(request.fields)) if request.fields else self.granted


def prepare(
    book: PolicyBook, request: AccessRequest, dataset: DatasetFact, grants: Iterable[GrantFact]
) -> Prepared | Reason:
    """Give what the fields of a request are judged by, or why it is refused as a whole."""
    purpose = book.purposes.get(request.purpose) if request.purpose else None
    stop = _stop_at_purpose(request, purpose)
    if stop is not None or purpose is None:
        return stop or because("purpose-missing")
    stop = _stop_at_table(book, purpose, request, dataset)
    if stop is not None:
        return stop
    held = [one for one in grants if concerns(one, request)]
    live = tuple(sorted((one for one in held if one.is_live(request.at)), key=lambda one: one.id))
    if not live:
        return _grant_reason("grant-expired" if held else "no-grant", request)
    consent = consent_needed(book, purpose, dataset)
    if consent is not ConsentKind.NONE and dataset.subject_column is None:
        return because("subject-unknown", dataset=dataset.id)
    minors_approval = any(rule.approval for rule in minor_rules(book, dataset))
    question = Question(book, purpose, request, dataset, live, minors_approval)
    return Prepared(question, Obligations(consent, dataset.subject_column, purpose.min_cell))


def _stop_at_purpose(request: AccessRequest, purpose: Purpose | None) -> Reason | None:
    if not request.purpose:
        return because("purpose-missing")
    if purpose is None:
        return because("purpose-unknown", purpose=request.purpose)
    if purpose.id not in request.role_purposes:
        return because("purpose-not-held", purpose=purpose.id)
    return None


def _stop_at_table(book: PolicyBook, purpose: Purpose, request: AccessRequest, dataset: DatasetFact) -> Reason | None:
    if dataset.id != request.dataset:
        return because("dataset-unknown", dataset=request.dataset)
    if dataset.unknown_words:
        return because("table-fact-unknown", dataset=dataset.id, word=min(dataset.unknown_words))
    return excluded_by_minors(book, purpose, dataset)


def concerns(grant: GrantFact, request: AccessRequest) -> bool:
    """Tell whether a grant speaks of a request, expired or not."""
    return (
        grant.purpose == request.purpose
        and grant.dataset == request.dataset
        and grant.is_held_by(request.person, request.roles)
    )


def _grant_reason(code: str, request: AccessRequest) -> Reason:
    if code == "grant-expired":
        return because(code, dataset=request.dataset)
    return because(code, dataset=request.dataset, purpose=str(request.purpose))


def conclude(
    due: Obligations, request: AccessRequest, fields: tuple[FieldDecision, ...], book: str, rules: str | None
) -> Decision:
    """Give the decision that field decisions make.

    Args:
        due: what is due whatever the fields are.
        fields: those asked for, or all granted ones.
        book: digest of the register.
        rules: digest of the access policies.
    """
    refusals = [one for one in fields if not one.allowed]
    allowed = [one for one in fields if one.allowed]
    outcome = Outcome.ALLOW if allowed else _worst(refusals)
    shown = () if request.fields == () and outcome is Outcome.ALLOW else fields
    return Decision(
        outcome=outcome,
        purpose=request.purpose,
        dataset=request.dataset,
        fields=shown,
        obligations=replace(due, case=request.case, case_bound=any(one.case_bound for one in allowed)),
        reasons=tuple(reason for one in refusals for reason in one.reasons) if shown or not allowed else (),
        policy_digest=book,
        rules_digest=rules,
    )


def _worst(refused: list[FieldDecision]) -> Outcome:
    # A gap is said only where nothing was refused outright: filling it must be enough to be allowed.
    return Outcome.GAP if refused and all(one.outcome is Outcome.GAP for one in refused) else Outcome.DENY


def refused(request: AccessRequest, reason: Reason, book: str, rules: str | None = None) -> Decision:
    """Give the decision that refuses a request as a whole."""
    names = dict.fromkeys(request.fields or ())
    fields = tuple(FieldDecision(name, None, reason.outcome, (reason,)) for name in names)
    return Decision(
        outcome=reason.outcome,
        purpose=request.purpose,
        dataset=request.dataset,
        fields=fields,
        obligations=Obligations(),
        reasons=(reason,),
        policy_digest=book,
        rules_digest=rules,
    )
