"""Which version of the access policies decides a request: the one in force, or the one that begins with a part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from policies.cedar.rules import RuleSet
from policies.documents import Node
from policies.facts import AccessRequest
from storage.errors import Said

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """For whom a version begins: a share of requests, the holders of a role, or the people of a branch.

    Args:
        share: percent of requests, 1 to 100.
    """

    share: int | None = None
    role: str | None = None
    branch: str | None = None

    @classmethod
    def read(cls, document: Mapping[str, object]) -> "Scope":
        """Read a scope; an empty one means everybody.

        Raises:
            RegisterInvalidError: a share outside 1 to 100, or more than one of the three.
        """
        stated = {name: value for name, value in document.items() if value is not None}
        node = Node(stated, "scope", ("share", "role", "branch"))
        if len(stated) > 1:
            raise node.wrong("*", Said("share、role、branch 只能写一个", "one of share, role and branch is needed"))
        share = node.count("share") if node.has("share") else None
        if share is not None and share > HUNDRED:
            raise node.wrong("share", Said("应在 1 与 100 之间", "between 1 and 100"))
        role = node.text("role") if node.has("role") else None
        return cls(share, role, node.text("branch") if node.has("branch") else None)

    @property
    def is_whole(self) -> bool:
        """Tell whether it means everybody."""
        return (self.share in (None, HUNDRED)) and self.role is None and self.branch is None

    @property
    def document(self) -> dict[str, object]:
        """Give it as it was written."""
        parts = {"share": self.share, "role": self.role, "branch": self.branch}
        return {name: value for name, value in parts.items() if value is not None}

    def covers(self, request: AccessRequest, draw: Callable[[AccessRequest], int]) -> bool:
        """Tell whether a request falls to the version.

        Args:
            draw: gives the same number from 0 to 99 for the same person asking the same again.
        """
        if self.role is not None:
            return self.role in request.roles
        if self.branch is not None:
            return self.branch == request.branch
        return self.share is None or draw(request) < self.share


@dataclass(frozen=True, slots=True)
class Release:
    """The versions that decide just now.

    Args:
        stable: for everybody whom the candidate does not cover; nothing when it can't be used, and then nobody is
            given anything.
    """

    stable: RuleSet | None
    candidate: RuleSet | None = None
    scope: Scope = Scope()

    def pick(self, request: AccessRequest, draw: Callable[[AccessRequest], int]) -> RuleSet | None:
        """Give the version that decides a request; nothing when there is none that can be used."""
        if self.candidate is not None and self.scope.covers(request, draw):
            return self.candidate
        return self.stable
