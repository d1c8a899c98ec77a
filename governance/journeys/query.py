"""The governed read: facts, decision, rewritten statement, locked worker, durable entry, answer (design D6, D10).

No audit, no data: the answer leaves only after its entry stands in the log. Outcomes are values; a refusal is
recorded like an answer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session

from governance.errors import AccessRefusedError
from governance.house import House
from governance.identity import Caller
from governance.journeys.case_binding import bind_to_case
from governance.journeys.differencing import too_close
from governance.journeys.facts import PURPOSE_STOPS, Asked, decide_dataset, decide_granted
from governance.journeys.labelling import labels_of
from governance.journeys.preparation import Preparation
from governance.journeys.recording import Recorded, record
from governance.workers import Limits, QueryFailedError
from policies import NOWHERE, Circumstances, Decision, Outcome, Reason
from policies.person import refuse_whole
from policies.reasons import because
from policies.sql import AggregateMisuseError, DatasetUnknownError, FieldDeniedError, Rewritten
from storage import read_only
from storage.errors import Said

if TYPE_CHECKING:
    import pyarrow as pa

    from governance.workers.result import Result

KIND = "data.read"


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows as the purpose may see them, and the recorded decision they rest on.

    Args:
        result: the rows, all there and not yet read.
        labels: what a file of these rows says of itself, but for the receipt.
    """

    result: "Result"
    recorded: Recorded
    labels: Mapping[str, str]

    @property
    def table(self) -> "pa.Table":
        """Give all rows at once."""
        return self.result.table()


def query(
    house: House,
    caller: Caller,
    statement: str,
    *,
    purpose: str | None,
    case: str | None = None,
    around: Circumstances = NOWHERE,
    bulk: bool = False,
) -> Answer:
    """Answer one SELECT with what the caller may see for the purpose.

    Args:
        house: where.
        caller: who.
        statement: one SELECT.
        purpose: why.
        case: the case, policy or request number it is for.
        around: what access policies may ask of the moment.
        bulk: the rows leave in a form that is read piece by piece, so there may be more of them.

    Raises:
        AccessRefusedError: denied, or a needed fact is missing (gap); recorded.
        StatementRefusedError: the text is not one readable SELECT over known columns.
        QueryFailedError: a limit or a run-time failure; always the same.
        NotarisationTimeoutError: the entry was not durable in time; nothing is answered.
    """
    from policies.sql import names, rewrite  # noqa: PLC0415 -- the parser loads with the first read

    asked = Asked(caller=caller, purpose=purpose or None, case=case or None, at=house.clock(), around=around)
    digest = hashlib.sha256(statement.encode(errors="surrogatepass")).hexdigest()
    facts: dict[str, object] = {"statement_digest": digest}
    written = names(statement)
    with read_only(house.engine) as session:
        decisions = decide_granted(session, house, asked)
        # Of the same instant as the others: a grant that is given meanwhile must not turn a refusal's reasons empty.
        decisions = {**decisions, **_decide_rest(session, house, asked, decisions, written)}
    decisions, people = bind_to_case(house, asked, decisions)
    allowed = {name: one for name, one in decisions.items() if one.outcome is Outcome.ALLOW}
    if not allowed:
        about = _about(house, asked, decisions, written[0] if written else "")
        # A statement over no data set still needs a purpose of the person's own.
        if written or about.reasons[0].code in PURPOSE_STOPS:
            raise refuse(house, asked, about, facts)
    tables = Preparation(house, asked, allowed, people)
    try:
        rewritten = rewrite(statement, tables)
    except (FieldDeniedError, AggregateMisuseError) as error:
        raise refuse(house, asked, _misused(allowed, error), facts) from error
    except DatasetUnknownError as error:
        raise refuse(house, asked, _about(house, asked, decisions, str(error.values["dataset"])), facts) from error
    used = {
        name: allowed[name].require(sorted(rewritten.fields_used.get(name, frozenset())))
        for name in sorted(rewritten.datasets_used)
    }
    return _run(house, asked, tables, rewritten, used, facts | {"bulk": bulk})


def _run(
    house: House,
    asked: Asked,
    tables: Preparation,
    rewritten: Rewritten,
    used: Mapping[str, Decision],
    facts: dict[str, object],
) -> Answer:
    facts |= {"consent_sequence": tables.consent_sequence, "fenced": rewritten.fenced}
    settings = house.settings
    most = settings.query_bulk_rows if facts["bulk"] else settings.query_rows
    limits = Limits(seconds=settings.query_seconds, rows=most)
    try:
        if (dataset := too_close(house, asked, rewritten, tables)) is not None:
            near = because("figure-too-close", dataset=dataset, n=str(tables[dataset].min_cell))
            raise refuse(house, asked, refuse_whole(used[dataset], near), facts)
        result = house.workers.fetch(rewritten.sql, rewritten.relations, limits, copies=rewritten.copies)
    except QueryFailedError:
        # A failed read has touched data too, and repeated failures are how values are guessed: it is an entry as well.
        record(house, asked, KIND, "failed", used, facts=facts)
        raise
    facts |= {"rows": result.rows}
    kept = {"as_of": {name: tables.as_of[name].isoformat() for name in used if name in tables.as_of}}
    recorded = record(
        house, asked, KIND, "allow", used, facts=facts, kept=kept, result=lambda: b"".join(result.spool.chunks())
    )
    return Answer(result, recorded, labels_of(house, asked, used) if facts["bulk"] else {"purpose": str(asked.purpose)})


def _misused(allowed: Mapping[str, Decision], error: FieldDeniedError | AggregateMisuseError) -> Decision:
    told = {name: str(value) for name, value in error.values.items()}
    decision = allowed[told["dataset"]]
    if isinstance(error, FieldDeniedError):
        return decision.require([told["field"]])
    reason = error.values["reason"]
    zh, en = (reason.zh, reason.en) if isinstance(reason, Said) else (str(reason), str(reason))
    return decision.refuse_use(told["field"], zh, en)


def _decide_rest(
    session: Session, house: House, asked: Asked, decisions: Mapping[str, Decision], written: tuple[str, ...]
) -> Mapping[str, Decision]:
    """Decide the names after FROM that no grant of the caller names."""
    known = {part for dataset in decisions for part in (dataset.lower(), dataset.lower().partition(".")[2])}
    rest = [name for name in written if name.lower() not in known]
    return {name: decide_dataset(session, house, asked, name) for name in rest}


def _about(house: House, asked: Asked, decisions: Mapping[str, Decision], written: str) -> Decision:
    """Give the decision on a name after FROM that is not among what is allowed."""
    name = written.lower()
    for dataset, decision in decisions.items():
        if name in {dataset.lower(), dataset.lower().partition(".")[2]} and decision.outcome is not Outcome.ALLOW:
            return decision
    with read_only(house.engine) as session:
        return decide_dataset(session, house, asked, written)


def refuse(house: House, asked: Asked, decision: Decision, facts: Mapping[str, object]) -> AccessRefusedError:
    """Record a refusal and give the error that tells it at the edge."""
    recorded = record(
        house,
        asked,
        KIND,
        decision.outcome.value,
        {decision.dataset: decision},
        reasons=decision.reasons,
        facts=facts,
    )
    return refusal(decision, recorded.id)


def refusal(decision: Decision, receipt: str) -> AccessRefusedError:
    """Give a refused decision as the error of a program's edge."""
    reason: Reason = decision.reasons[0]
    return AccessRefusedError(
        outcome=decision.outcome.value,
        code=reason.code,
        zh=reason.zh,
        en=reason.en,
        zh_next=decision.next_step("zh"),
        en_next=decision.next_step("en"),
        receipt=receipt,
    )
