"""`check_script`: fold the text, find what fires, judge whether it is meant, give the verdict."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Final

from policies.scripts.automaton import Hit
from policies.scripts.library import PhraseLibrary
from policies.scripts.model import ScriptVerdict, Severity, Speaker, Utterance, Verdict, Violation
from policies.scripts.products import judge
from policies.scripts.rules import Rule
from policies.scripts.scope import WINDOW, suppression
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
    exempting: dict[tuple[str, str], list[int]] = {}
    for hit in library.automaton.search(view):
        use = library.uses[hit.pattern]
        if use.role == "any":
            firing.append((hit, use.rule))
        else:
            insort(exempting.setdefault((use.rule.id, use.role), []), hit.start)
    meant: list[Found] = []
    signals: dict[str, None] = {}
    suppressed: list[tuple[str, str]] = []
    for hit, rule in firing:
        reason = "exempt" if _is_exempt(view, hit, rule, exempting) else _reason(view, hit, rule, utterance)
        if reason is None:
            meant.append((hit, rule))
            continue
        suppressed.append((rule.id, reason))
        if reason in {"needs_product_facts", "suspected"}:
            signals[reason if reason == "needs_product_facts" else f"suspected:{rule.category}"] = None
    return meant, tuple(signals), tuple(dict.fromkeys(suppressed))


def _is_exempt(view: View, hit: Hit, rule: Rule, exempting: Mapping[tuple[str, str], list[int]]) -> bool:
    """Tell whether one of the rule's own exemptions stands in the same clause or sentence."""
    for role, (start, end) in (("unless", view.clause(hit.start)), ("unless_sentence", view.sentence(hit.start))):
        places = exempting.get((rule.id, role), [])
        nearest = bisect_left(places, max(start, hit.start - WINDOW))
        if nearest < len(places) and places[nearest] < min(max(end, hit.end), hit.end + WINDOW):
            return True
    return False


def _reason(view: View, hit: Hit, rule: Rule, utterance: Utterance) -> str | None:
    """Give why a hit is no violation, None where it is one."""
    product = utterance.product_type
    if (rule.products and product not in rule.products) or product in rule.not_products:
        return "product"
    if rule.speakers and utterance.speaker not in rule.speakers:
        return "speaker"
    reason = suppression(view, hit, rule)
    if reason is not None:
        return reason
    if rule.needs is not None:
        start, end = view.sentence(hit.start)
        stretch = view.text[max(start, hit.start - WINDOW) : min(end, hit.end + WINDOW)]
        judgement = judge(rule.needs, stretch, utterance)
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
    taken: dict[int, list[Found]] = {}
    for hit, rule in sorted(best.values(), key=lambda each: _rank(*each), reverse=True):
        rivals = [found for place in range(hit.start, hit.end) for found in taken.get(place, ())]
        if any(_same_fact(hit, rule, other, its) for other, its in rivals):
            continue
        kept.append((hit, rule))
        for place in range(hit.start, hit.end):
            taken.setdefault(place, []).append((hit, rule))
    return sorted(kept, key=lambda each: (each[0].start, each[1].category))


def _rank(hit: Hit, rule: Rule) -> tuple[int, float, int]:
    return hit.end - hit.start, rule.confidence, -hit.start


def _same_fact(hit: Hit, rule: Rule, other: Hit, its: Rule) -> bool:
    """Tell whether two overlapping hits say the same."""
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
