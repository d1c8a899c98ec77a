"""The decision point: it answers from compiled bundles, and forgets them when what they rest on changes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeVar

from policies.bundles import GrantBundle, compile_bundle
from policies.decision import Decision
from policies.facts import AccessRequest
from policies.versions import Facts, PoliciesVersion, decide_with

Load = Callable[[], tuple[PoliciesVersion, Facts]]
"""Gives the policies and the facts of a request; called only where nothing is compiled yet."""
Kept = TypeVar("Kept")
_CAPACITY: Final = 20_000
_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _State:
    """What was compiled under one sequence; threads that still see another one have a state of their own."""

    sequence: Hashable
    answers: dict[Hashable, tuple[GrantBundle, Decision]] = field(default_factory=dict)
    bundles: dict[Hashable, GrantBundle] = field(default_factory=dict)
    kept: dict[Hashable, object] = field(default_factory=dict)


class DecisionPoint:
    """Decides at the price of a look-up what `policies.decide` decides rule by rule.

    Guarantee: an answer rests on nothing older than the sequence it is asked under; it equals the slow answer.
    """

    def __init__(self) -> None:
        """Begin with nothing compiled."""
        self._state = _State(None)

    def decide(self, sequence: Hashable, rules: str | None, request: AccessRequest, load: Load) -> Decision:
        """Decide one request.

        Args:
            sequence: changes with everything that policies and facts are read from; read before them, in the same
                transaction.
            rules: digest of the access policies that decide this request.
            load: reads the policies and facts; called when nothing is compiled for the request.
        """
        state = self._at(sequence)
        key = (
            *(rules, request.person, request.roles, request.role_purposes, request.branch, request.devices),
            *(request.purpose, request.dataset, request.around.action, request.case, request.fields),
        )
        kept = state.answers.get(key)
        if kept is not None and kept[0].holds(request.at):
            return kept[1]
        if request.at.utcoffset() is None:
            return decide_with(*_spread(load, request))
        bundle = self._bundle(state, key[:-2], request, load)
        decision = bundle.answer(request)
        if not bundle.live:
            _put(state.answers, key, (bundle, decision))
        return decision

    def remember(self, sequence: Hashable, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """Give a value that rests on the sequence alone, made once under each."""
        state = self._at(sequence)
        found = state.kept.get(key)
        if found is None:
            found = make()
            _put(state.kept, key, found)
        return found  # type: ignore[return-value]  # put here under this key alone

    def forget(self) -> None:
        """Forget everything compiled."""
        self._state = _State(None)

    def _at(self, sequence: Hashable) -> _State:
        state = self._state
        if state.sequence != sequence:
            state = self._state = _State(sequence)
        return state

    def _bundle(self, state: _State, key: tuple[Hashable, ...], request: AccessRequest, load: Load) -> GrantBundle:
        for case in (request.has_case, ("case", request.case)):
            found = state.bundles.get((*key, case))
            if found is not None and found.holds(request.at):
                return found
        version, facts = load()
        bundle = compile_bundle(version, request, facts)
        _put(state.bundles, (*key, ("case", request.case) if bundle.per_case else request.has_case), bundle)
        return bundle


def is_rechecked(seed: str, percent: float) -> bool:
    """Tell whether a request is among the few that are decided a second time, rule by rule.

    Args:
        seed: what tells this request from others; the same seed always gives the same answer.
        percent: how many in a hundred, in steps of a hundredth.
    """
    drawn = int.from_bytes(sha256(seed.encode(errors="surrogatepass")).digest()[:8], "big") % _PARTS
    return drawn < percent * _PARTS / 100


def _spread(load: Load, request: AccessRequest) -> tuple[PoliciesVersion, AccessRequest, Facts]:
    version, facts = load()
    return version, request, facts


def _put(kept: dict[Hashable, Kept], key: Hashable, value: Kept) -> None:
    if len(kept) >= _CAPACITY:
        kept.clear()
    kept[key] = value
