"""Apply a world file: bring the deployment to what the file declares, whole or not at all.

Applying the same file again changes nothing and writes no entry. A dry run does everything and takes it back.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from audit import Event, append
from consent import ImportReport, Notice, import_rows, publish
from consent.propagation import queue_withdrawals
from governance import register
from governance.house import House
from governance.identity import list_roles, put_person, put_role
from governance.journeys.consent_import import import_facts
from governance.journeys.facts import dataset_fact, grant_fact
from governance.journeys.world_check import check_columns
from governance.journeys.world_fields import FieldsApplied, KeptReview, apply_fields
from governance.register import drop_undeclared
from governance.world import GrantDecl, World, WorldFault, WorldInvalidError, read_world
from policies import PolicyBook, check_grant
from storage import canonical_json, new_id, unit_of_work

CONSOLE_ROLES = ("steward", "officer", "admin", "consent_operator", "consent_intake")


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying changed: lines of kind, id and `added`, `changed` or `removed`.

    Args:
        never_given: granted fields of categories that no purpose is ever given, the world's own ones included.
        imported: what the import of the consent file did, where one is declared.
        kept: people's decisions on fields that stood against the file.
        replaced: fields in which a person's decision fell to the file.
    """

    world: str
    digest: str
    changes: tuple[tuple[str, str, str], ...]
    replaced_purposes: tuple[str, ...]
    consents: int
    dry_run: bool
    never_given: tuple[str, ...] = ()
    imported: ImportReport | None = None
    kept: tuple[KeptReview, ...] = ()
    replaced: tuple[str, ...] = ()


class _DryRunError(Exception):
    """Takes a dry run's transaction back."""

    def __init__(self, applied: Applied) -> None:
        super().__init__()
        self.applied = applied


def apply_world(
    house: House,
    actor: str,
    path: Path,
    *,
    allow_fixed_clock: bool = False,
    dry_run: bool = False,
    over_reviews: bool = False,
) -> Applied:
    """Apply a world file.

    Args:
        over_reviews: what the file says of fields replaces what people decided.

    Raises:
        WorldInvalidError: lists every fault with its line and remedy; nothing is changed then.
        ImportRefusedError: the consent file has bad rows; nothing is changed then.
    """
    shipped = house.shipped
    world = read_world(
        path,
        os.environ,
        allow_fixed_clock=allow_fixed_clock,
        known_purposes=shipped.purposes.keys(),
        known_roles=known_roles(shipped).keys(),
        known_categories=shipped.categories.keys(),
    )
    check_columns(world)
    entry: str | None = None
    try:
        with unit_of_work(house.engine) as session:
            applied = _Applying(house, session, world, over_reviews=over_reviews).run()
            _take_back(applied, dry_run=dry_run)
            if applied.changes or applied.consents:
                entry = append(session, _event(house, actor, applied))
    except _DryRunError as dry:
        return dry.applied
    if entry is not None:
        house.notarised(entry)
    return applied


def _take_back(applied: Applied, *, dry_run: bool) -> None:
    if dry_run:
        raise _DryRunError(replace(applied, dry_run=True))


def known_roles(book: PolicyBook) -> Mapping[str, tuple[str, ...]]:
    """Give the roles that need no declaration: the shipped purposes' roles, and the console's own."""
    roles: dict[str, list[str]] = {role: [] for role in CONSOLE_ROLES}
    for purpose in book.purposes.values():
        for role in purpose.roles:
            roles.setdefault(role, []).append(purpose.id)
    return {role: tuple(purposes) for role, purposes in roles.items()}


def _event(house: House, actor: str, applied: Applied) -> Event:
    counts = Counter(f"{kind} {what}" for kind, _, what in applied.changes)
    return house.event(
        "world.applied",
        actor,
        new_id(house.clock()),
        facts={
            "world": applied.world,
            "digest": applied.digest,
            "changes": dict(counts),
            "replaced_purposes": list(applied.replaced_purposes),
            "consents": applied.consents,
            "replaced_reviews": list(applied.replaced),
            "imported": None if applied.imported is None else import_facts(applied.imported),
        },
    )


class _Applying:
    """One application of one world in one transaction."""

    def __init__(self, house: House, session: Session, world: World, *, over_reviews: bool) -> None:
        self.house = house
        self.session = session
        self.world = world
        self.over_reviews = over_reviews
        self.fields = FieldsApplied((), (), ())
        self.at = house.clock()
        self.changes: list[tuple[str, str, str]] = []
        self.never_given: list[str] = []

    def run(self) -> Applied:
        self._sources()
        self._datasets()
        self._purposes()
        self._people()
        self._partners()
        self._notices()
        self._grants()
        self._values()
        imported = self._consents()
        return Applied(
            world=self.world.id,
            digest=self.world.digest,
            changes=tuple(self.changes),
            replaced_purposes=tuple(one.id for one in self.world.purposes if one.id in self.house.shipped.purposes),
            consents=0 if imported is None else imported.added,
            dry_run=False,
            never_given=tuple(self.never_given),
            imported=imported,
            kept=self.fields.kept,
            replaced=self.fields.replaced,
        )

    def _note(self, kind: str, name: str, *, changed: bool, what: str = "declared") -> None:
        if changed:
            self.changes.append((kind, name, what))

    def _drop(self, kind: str, keep: list[str]) -> None:
        for name in drop_undeclared(self.session, kind, keep):
            self.changes.append((kind, name, "removed"))

    def _sources(self) -> None:
        base = str(self.world.base_dir)
        for one in self.world.sources:
            entry = register.SourceEntry(one.id, dict(one.title), one.url, base, one.owner)
            self._note("source", one.id, changed=register.put_source(self.session, entry))
        self._drop("source", [one.id for one in self.world.sources])

    def _datasets(self) -> None:
        for one in self.world.datasets:
            entry = register.DatasetEntry(one.id, one.source, one.subject, dict(one.meta))
            self._note("dataset", one.id, changed=register.put_dataset(self.session, entry))
        self.fields = apply_fields(self.session, self.world, at=self.at, over_reviews=self.over_reviews)
        self.changes += [("field", name, "declared") for name in self.fields.changed]
        self._drop("dataset", [one.id for one in self.world.datasets])

    def _purposes(self) -> None:
        for one in self.world.purposes:
            self._note("purpose", one.id, changed=register.put_purpose(self.session, one.id, one.entry))
        self._drop("purpose", [one.id for one in self.world.purposes])
        self.session.flush()
        self.book = self.house.book(self.session)

    def _people(self) -> None:
        wanted = dict(known_roles(self.house.shipped)) | {one.id: one.purposes for one in self.world.roles}
        known = {role.id for role in list_roles(self.session)}
        used = {role for person in self.world.people for role in person.roles} | {one.id for one in self.world.roles}
        used |= {grant.holder for grant in self.world.grants if grant.holder_kind == "role"}
        for role in sorted(used | known):
            if role in wanted:
                change = put_role(self.session, role, wanted[role])
                self._note("role", role, changed=change != "same", what=change)
        for person in self.world.people:
            change = put_person(
                self.session,
                person.id,
                name=person.name,
                roles=person.roles,
                now=self.at,
                external_id=person.external_id,
                branch=person.branch,
                devices=person.devices,
            )
            self._note("person", person.id, changed=change != "same", what=change)

    def _partners(self) -> None:
        for one in self.world.partners:
            self._note("partner", one.id, changed=register.put_partner(self.session, one.id, one.name, one.kind))
        self._drop("partner", [one.id for one in self.world.partners])

    def _notices(self) -> None:
        for one in self.world.notices:
            notice = Notice(one.purpose, one.version, one.text_digest, one.current, self.at, dict(one.title))
            self._note("notice", f"{one.purpose}/{one.version}", changed=publish(self.session, notice))

    def _grants(self) -> None:
        self.session.flush()
        faults: list[WorldFault] = []
        keep: list[str] = []
        for one in self.world.grants:
            grant = self._grant(one, keep)
            keep.append(grant.id)
            faults += self._excess(one, grant)
            self._note("grant", grant.id, changed=register.put_grant(self.session, grant))
        if faults:
            raise WorldInvalidError(self.world.path.name, tuple(faults))
        for name in register.retire_world_grants(self.session, keep, self.at):
            self.changes.append(("grant", name, "removed"))

    def _grant(self, one: GrantDecl, taken: list[str]) -> register.Grant:
        key = canonical_json([one.holder_kind, one.holder, one.purpose, one.dataset])
        stem = f"world-{hashlib.sha256(key.encode()).hexdigest()[:20]}"
        number = sum(name.startswith(stem) for name in taken)
        return register.Grant(
            id=f"{stem}-{number}",
            holder_kind=one.holder_kind,
            holder=one.holder,
            purpose=one.purpose,
            dataset=one.dataset,
            forms=dict(one.forms),
            expires_at=one.expires_at,
            origin="world",
            created_at=self.at,
        )

    def _excess(self, one: GrantDecl, grant: register.Grant) -> list[WorldFault]:
        reasons = check_grant(self.book, grant_fact(grant), dataset_fact(self.session, one.dataset))
        if not self.book.purposes[one.purpose].matrix:
            # A purpose of the world's own has no matrix to exceed; what nobody is given is refused at every read.
            self.never_given += [
                f"{one.dataset}.{dict(r.values)['field']}" for r in reasons if r.code == "category-never"
            ]
            reasons = tuple(reason for reason in reasons if reason.code != "category-never")
        return [
            WorldFault(one.line, f"grants → {one.dataset}", r.zh, r.en, r.change("zh"), r.change("en")) for r in reasons
        ]

    def _values(self) -> None:
        clock = self.world.clock.isoformat() if self.world.clock else None
        cap = self.world.contacts.monthly_cap if self.world.contacts else None
        glass = [one.entry for one in self.world.break_glass] or None
        values = (("world", self.world.id), ("clock", clock), ("monthly_cap", cap), ("break_glass", glass))
        for name, value in values:
            if value is not None or register.declaration(self.session, name) is not None:
                self._note("setting", name, changed=register.declare(self.session, name, value))

    def _consents(self) -> ImportReport | None:
        if self.world.consents is None:
            return None
        report = import_rows(
            self.session,
            self.world.consents.file,
            recorded_at=self.at,
            operator="world",
            purposes=self.book.purposes.keys(),
        )
        if report.added:
            queue_withdrawals(self.session, report.first, self.at)
        return report
