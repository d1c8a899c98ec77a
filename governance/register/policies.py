"""The register of access policies: immutable versions, which of them decide, and the sequence all decisions rest on."""

from datetime import datetime

from sqlmodel import Session, col, select

from governance.errors import NotFoundError
from governance.register.model import SHIPPED, PolicyRelease, PolicyVersion
from governance.register.tables import PolicyReleaseRow, PolicySequenceRow, PolicyVersionRow

_ONLY = 1


def add_policy_version(session: Session, version: PolicyVersion) -> None:
    """Keep a proposed version."""
    session.add(
        PolicyVersionRow(
            digest=version.digest,
            name=version.name,
            files=dict(version.files),
            policies=version.policies,
            tests=version.tests,
            status=version.status,
            start=dict(version.start),
            proposed_by=version.proposed_by,
            proposed_at=version.proposed_at,
        )
    )
    session.flush()


def policy_version(session: Session, digest: str) -> PolicyVersion:
    """Give one version.

    Raises:
        NotFoundError: none has this digest.
    """
    row = session.get(PolicyVersionRow, digest)
    if row is None:
        raise NotFoundError(kind="policy version", id=digest)
    return _value(row)


def list_policy_versions(session: Session, *, limit: int = 100) -> tuple[PolicyVersion, ...]:
    """List versions, the newest proposal first."""
    statement = select(PolicyVersionRow).order_by(
        col(PolicyVersionRow.proposed_at).desc(), col(PolicyVersionRow.digest)
    )
    return tuple(_value(row) for row in session.exec(statement.limit(limit)).all())


def approve_policy_version(session: Session, digest: str, person: str, at: datetime) -> PolicyVersion:
    """Note who approved a version and when.

    Raises:
        NotFoundError: none has this digest.
    """
    row = session.get(PolicyVersionRow, digest)
    if row is None:
        raise NotFoundError(kind="policy version", id=digest)
    row.status, row.approved_by, row.approved_at = "approved", person, at
    session.flush()
    return _value(row)


def policy_release(session: Session, *, for_change: bool = False) -> PolicyRelease:
    """Give which versions decide; `for_change` keeps others from changing it before this transaction ends."""
    row = session.get(PolicyReleaseRow, _ONLY, with_for_update=for_change)
    if row is None:
        return PolicyRelease()
    return PolicyRelease(row.stable or SHIPPED, row.previous, row.candidate, row.scope)


def change_policy_release(session: Session, release: PolicyRelease) -> None:
    """Say which versions decide from this commit on."""
    row = session.get(PolicyReleaseRow, _ONLY) or PolicyReleaseRow(id=_ONLY, scope={})
    row.stable, row.previous = release.stable, release.previous
    row.candidate, row.scope = release.candidate, dict(release.scope)
    session.add(row)
    session.flush()


def policy_sequence(session: Session) -> tuple[tuple[str, int], ...]:
    """Give how often each table that decisions rest on was changed.

    Guarantee: equal sequences mean equal grants, labels, declared facts, purposes and release, in every process: the
        database counts in the transaction that changes them. Read it before the facts that are kept under it.
    """
    statement = select(PolicySequenceRow.name, PolicySequenceRow.value).order_by(col(PolicySequenceRow.name))
    return tuple((name, value) for name, value in session.exec(statement).all())


def _value(row: PolicyVersionRow) -> PolicyVersion:
    return PolicyVersion(
        digest=row.digest,
        name=row.name,
        files=row.files,
        policies=row.policies,
        tests=row.tests,
        status="approved" if row.status == "approved" else "proposed",
        start=row.start,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
    )
