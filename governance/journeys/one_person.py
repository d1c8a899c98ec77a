"""What the view of one person and the look-up of one person share: their rows of a data set, and whether they may show.

Everything that names the person reaches the engine as bytes in hexadecimal and is never part of an entry.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlmodel import Session

from classification.catalogue import labels
from governance.house import House
from governance.journeys.facts import Asked
from governance.journeys.preparation import Preparation
from policies import ConsentKind, Decision, Outcome
from policies.lookups import text_sql
from policies.sql import GovernedTable
from storage import read_only

if TYPE_CHECKING:
    import pyarrow as pa

    from classification import Label

_CASE_TYPES = frozenset({"CLAIM_NO", "POLICY_NO"})
_CASE_CATEGORIES = frozenset({"claims_record", "policy_contract"})
_TEXT = "VARCHAR"
_MOST_PEOPLE = 5  # a policy and its claims have a few people: holder, insured, beneficiaries


def quoted(name: str) -> str:
    """Give an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def of_subject(table: GovernedTable, subject: str) -> str:
    """Give the condition that a row is this person's, by the text of the subject column."""
    return f"CAST({quoted(str(table.subject))} AS VARCHAR) = {text_sql(subject)}"


def rows_of(house: House, table: GovernedTable, subject: str, *, limit: int, also: str = "") -> "tuple[pa.Table, bool]":
    """Read a person's rows of a data set in their governed form; tell whether there are more.

    Args:
        table: as the caller may see it, its consent filter within.
        subject: the text of the subject column.
        limit: the most rows.
        also: a further trusted condition over the base's columns.

    Raises:
        QueryFailedError: a limit or a run-time failure.
    """
    from policies.sql import rewrite  # noqa: PLC0415 -- the parser loads with the first read

    conditions = [one for one in (table.row_filter, of_subject(table, subject), also) if one]
    bound = replace(table, row_filter=" AND ".join(f"({one})" for one in conditions))
    source, _, name = table.dataset.partition(".")
    written = f"SELECT * FROM {quoted(source)}.{quoted(name)} LIMIT {limit + 1}"
    rewritten = rewrite(written, {table.dataset: bound})
    found = house.workers.run(rewritten.sql, rewritten.relations, copies=rewritten.copies)
    return found.slice(0, limit), found.num_rows > limit


def consents(session: Session, house: House, asked: Asked, decision: Decision, subject: str) -> bool:
    """Tell whether a person's consent is live where the decision asks for one."""
    needed = decision.obligations.consent
    if needed is ConsentKind.NONE:
        return True
    purpose = house.book(session).purposes[str(asked.purpose)]
    return subject in house.consents.consenting(session, purpose, needed, asked.at).granted


def subject_of_token(house: House, tables: Preparation, datasets: Mapping[str, Decision], token: str) -> str:
    """Give the id behind a token of this purpose; a token that no data set knows stays as it is."""
    context = tables.context()
    for dataset in datasets:
        table = tables[dataset]
        text = f"CAST({quoted(str(table.subject))} AS VARCHAR)"
        shown = context.token_sql(text)
        statement = f"SELECT {text} AS s FROM {table.base} WHERE ({shown}) = {text_sql(token)} LIMIT 1"
        found = house.workers.run(statement, {table.base}).column(0).to_pylist()
        if found:
            return str(found[0])
    return token


def case_is_theirs(
    house: House, tables: Preparation, datasets: Mapping[str, Decision], case: str, subject: str
) -> bool:
    """Tell whether a case stands among a person's own policies and claims in the granted data sets."""
    for dataset in datasets:
        table = tables[dataset]
        matches = _case_condition(house, table, case)
        if not matches:
            continue
        condition = f"({of_subject(table, subject)}) AND ({matches})"
        if house.workers.run(f"SELECT 1 AS n FROM {table.base} WHERE {condition} LIMIT 1", {table.base}).num_rows:
            return True
    return False


def subjects_of_case(house: House, tables: Preparation, datasets: Mapping[str, Decision], case: str) -> frozenset[str]:
    """Give the people among whose policies and claims a case stands; nobody where it is more people's than a case is.

    Every data set counts that the caller may read something of, whatever the form of its numbers.
    """
    found: set[str] = set()
    for dataset in datasets:
        if datasets[dataset].outcome is not Outcome.ALLOW or datasets[dataset].obligations.subject_column is None:
            continue
        table = tables[dataset]
        if matches := _case_condition(house, table, case):
            person = f"CAST({quoted(str(table.subject))} AS VARCHAR)"
            text = f"SELECT DISTINCT {person} AS s FROM {table.base} WHERE ({matches}) AND {person} IS NOT NULL"
            found |= set(house.workers.run(f"{text} LIMIT {_MOST_PEOPLE + 1}", {table.base})["s"].to_pylist())
    return frozenset(found) if len(found) <= _MOST_PEOPLE else frozenset()


def _case_condition(house: House, table: GovernedTable, case: str) -> str:
    """Give the condition that a row bears a case number, or an empty text where no column may hold one."""
    with read_only(house.engine) as session:
        columns = [one.field for one in labels(session, table.dataset) if _may_hold_cases(one)]
    types = house.workers.types(table.base, {name: quoted(name) for name in columns}) if columns else {}
    return " OR ".join(f"{quoted(name)} = {text_sql(case.strip())}" for name in columns if types[name] == _TEXT)


def _may_hold_cases(label: "Label") -> bool:
    if label.entity_types:
        return label.entity_types[0] in _CASE_TYPES
    return label.category in _CASE_CATEGORIES
