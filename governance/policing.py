"""The access policies of a deployment, read once: each version is parsed when it first decides, and kept."""

from dataclasses import dataclass, field
from threading import Lock

from sqlmodel import Session

from governance import register
from governance.logs import log
from governance.register import SHIPPED, PolicyRelease
from policies.cedar import Release, RuleSet, RulesInvalidError, Scope, read_rules, shipped_rules
from policies.errors import RegisterInvalidError

_KEPT = 8


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A compiled answer that a second decision, rule by rule, did not confirm; it waits to become an entry."""

    person: str
    purpose: str | None
    dataset: str
    bundle: str | None


@dataclass(slots=True)
class PolicyShelf:
    """Versions by digest. Immutable values: a version that was read stays as it is."""

    _read: dict[str, RuleSet] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def release(self, current: PolicyRelease, session: Session) -> Release:
        """Give the versions that a release names.

        Guarantee: a version that can't be used under this release's schema decides nothing, and nobody is given
            anything where it would have decided.
        """
        stable = self.usable(current.stable, session)
        if current.candidate is None:
            return Release(stable)
        try:
            scope = Scope.read(current.scope)
        except RegisterInvalidError:
            return Release(None)
        candidate = self.usable(current.candidate, session)
        # A candidate that can't be used would leave its part to the version in force, which it was to restrict.
        return Release(stable, candidate, scope) if candidate is not None else Release(None)

    def usable(self, digest: str, session: Session) -> RuleSet | None:
        """Give a version, or nothing when it can't be used; that is an alarm."""
        try:
            return self.version(digest, session)
        except RulesInvalidError as error:
            log().error("policies_unusable", digest=digest, faults=len(error.faults))
            return None

    def version(self, digest: str, session: Session) -> RuleSet:
        """Give a version.

        Raises:
            NotFoundError: there is none of this digest.
            RulesInvalidError: it does not read under the schema of this release.
        """
        if digest == SHIPPED:
            return shipped_rules()
        with self._lock:
            found = self._read.get(digest)
        if found is not None:
            return found
        found = read_rules(register.policy_version(session, digest).files)
        with self._lock:
            while len(self._read) >= _KEPT:
                self._read.pop(next(iter(self._read)))
            self._read[digest] = found
        return found
