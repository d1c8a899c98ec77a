"""`check_script`: fold the text, find what fires, judge whether it is meant, give the verdict."""

from collections.abc import Iterable, Sequence
from typing import Final

from policies.scripts.automaton import Hit
from policies.scripts.library import PhraseLibrary
from policies.scripts.model import ScriptVerdict, Severity, Speaker, Utterance, Verdict, Violation
from policies.scripts.products import judge
from policies.scripts.rules import Rule
from policies.scripts.scope import suppression
from policies.scripts.signals import customer_signals
from policies.scripts.views import View, view_of

ACTION: Final = 0.5  # below this confidence a hit is a suspicion only
# Two categories that one fact may be read as; where hits overlap, the longer one stays.
SAME_FACT: Final = frozenset(
    frozenset(pair)
    for pair in (
        ("conceal_exclusion", "claim_certainty"),
        ("guaranteed_return", "exaggerated_return"),
        ("absolute_superlative", "competitor_denigration"),
        ("identity_fabrication", "government_endorsement"),
        ("fake_scarcity", "pressure_guilt"),
        ("illegal_fundraising", "guaranteed_return"),
        ("conceal_surrender_loss", "deposit_confusion"),
        ("conceal_surrender_loss", "guaranteed_return"),
        ("misleading_price", "renewal_misrepresentation"),
        ("private_payment", "signature_coaching"),
        ("privacy_infringement", "signature_coaching"),
    )
)


def check_script(library: PhraseLibrary, utterance: Utterance) -> ScriptVerdict:
    """Judge one text.

    Guarantee: a customer's words are never a violation; every offset is a Python string index into the original, and
    `text[start:end]` is what the violation quotes.
    """
    view = view_of(utterance.text, library.spelling)
    if utterance.speaker is Speaker.CUSTOMER:
        signals = customer_signals(library, view)
        return ScriptVerdict(utterance.id, "pass", (), signals, library.version)
    found, signals, suppressed = _judged(library, view, utterance)
    violations = _distinct(found, view)
    quoted = tuple(_violation(library, view, utterance, hit, rule) for hit, rule in violations)
    verdict = verdict_of(violation.severity for violation in quoted)
    if verdict == "pass" and "needs_product_facts" in signals:
        verdict = "warn"
    return ScriptVerdict(utterance.id, verdict, quoted, signals, library.version, suppressed)


def verdict_of(severities: Iterable[Severity]) -> Verdict:
    """Give the verdict: any red blocks, any yellow warns, blue alone passes."""
    told = set(severities)
    return "block" if Severity.RED in told else "warn" if Severity.YELLOW in told else "pass"


Found = tuple[Hit, Rule]


def _judged(
    library: PhraseLibrary, view: View, utterance: Utterance
) -> tuple[list[Found], tuple[str, ...], tuple[tuple[str, str], ...]]:
    firing: list[Found] = []
    exempting: dict[str, list[tuple[int, str]]] = {}
    for hit in library.automaton.search(view):
        use = library.uses[hit.pattern]
        if use.role == "any":
            firing.append((hit, use.rule))
        else:
            exempting.setdefault(use.rule.id, []).append((hit.start, use.role))
    meant: list[Found] = []
    signals: dict[str, None] = {}
    suppressed: list[tuple[str, str]] = []
    for hit, rule in firing:
        reason = _reason(view, hit, rule, utterance, exempting.get(rule.id, ()))
        if reason is None:
            meant.append((hit, rule))
            continue
        suppressed.append((rule.id, reason))
        if reason in {"needs_product_facts", "suspected"}:
            signals[reason if reason == "needs_product_facts" else f"suspected:{rule.category}"] = None
    return meant, tuple(signals), tuple(dict.fromkeys(suppressed))


def _reason(view: View, hit: Hit, rule: Rule, utterance: Utterance, exempting: Sequence[tuple[int, str]]) -> str | None:
    """Give why a hit is no violation, None where it is one."""
    product = utterance.product_type
    if (rule.products and product not in rule.products) or product in rule.not_products:
        return "product"
    if rule.speakers and utterance.speaker not in rule.speakers:
        return "speaker"
    for place, role in exempting:
        around = view.clause(hit.start) if role == "unless" else view.sentence(hit.start)
        end = max(around[1], hit.end)
        if around[0] <= place < end:
            return "exempt"
    reason = suppression(view, hit, rule)
    if reason is not None:
        return reason
    if rule.needs is not None:
        judgement = judge(rule.needs, view.text[slice(*view.sentence(hit.start))], utterance)
        if judgement != "false":
            return "needs_product_facts" if judgement == "unknown" else "true by the contract"
    return "suspected" if rule.confidence < ACTION else None


def _distinct(found: list[Found], view: View) -> list[Found]:
    """Keep one hit for a category and clause, and one of two readings of the same words."""
    best: dict[tuple[str, int], Found] = {}
    for hit, rule in found:
        key = (rule.category, view.clause(hit.start)[0])
        known = best.get(key)
        if known is None or _rank(hit, rule) > _rank(*known):
            best[key] = (hit, rule)
    kept: list[Found] = []
    for hit, rule in sorted(best.values(), key=lambda each: _rank(*each), reverse=True):
        if not any(_same_fact(hit, rule, other, its) for other, its in kept):
            kept.append((hit, rule))
    return sorted(kept, key=lambda each: (each[0].start, each[1].category))


def _rank(hit: Hit, rule: Rule) -> tuple[int, float, int]:
    return hit.end - hit.start, rule.confidence, -hit.start


def _same_fact(hit: Hit, rule: Rule, other: Hit, its: Rule) -> bool:
    if hit.start >= other.end or other.start >= hit.end:
        return False
    inside = other.start <= hit.start and hit.end <= other.end and other.end - other.start > hit.end - hit.start
    return inside or rule.category == its.category or frozenset((rule.category, its.category)) in SAME_FACT


def _violation(library: PhraseLibrary, view: View, utterance: Utterance, hit: Hit, rule: Rule) -> Violation:
    category = library.categories[rule.category]
    start, end = view.original(hit.start, hit.end)
    return Violation(
        category=rule.category,
        severity=category.severity,
        start=start,
        end=end,
        text=utterance.text[start:end],
        normalized=view.text[hit.start : hit.end],
        rule=rule.id,
        basis=tuple(basis.text for basis in category.basis),
        advice=category.advice,
        confidence=rule.confidence,
    )
