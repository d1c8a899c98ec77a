"""The field pages: heat map, filtered lists, one field, and the review inbox."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from classification.reviews import NO_CATEGORY, FieldFilter, FieldState, Review, field_states, reviews_of
from governance import register
from governance.console.filling.findings import split
from governance.console.filling.titles import Titles
from governance.console.i18n import Translator
from governance.console.pages.fields import (
    BulkView,
    CategoryChoice,
    Consequence,
    DecisionLine,
    FieldLine,
    FieldPage,
    FieldQuery,
    FieldsView,
    FieldView,
    HeatCell,
    HeatMap,
    HeatRow,
    ReviewView,
    Share,
)
from governance.console.ports import Visit
from governance.house import House
from governance.journeys.review import field_by_id, id_of_field, plan_bulk, waiting_fields
from governance.journeys.sight import Right, may
from storage import read_only

SHOWN = 200
_STANDARDS = ("jrt0171", "gbt43697", "pipl", "nfra")


def heat_map(titles: Titles) -> HeatMap:
    """Give system × category × tier over the whole catalogue; the gravest categories first."""
    found: dict[tuple[str, str], list[FieldState]] = defaultdict(list)
    for state in field_states(titles.session, FieldFilter()):
        found[state.label.category or NO_CATEGORY, state.dataset.partition(".")[0]].append(state)
    sources = [source.id for source in register.sources(titles.session)]
    sources += sorted({source for _, source in found} - set(sources))
    tops = {
        category: max(int(s.label.tier) for (c, _), states in found.items() if c == category for s in states)
        for category in {category for category, _ in found}
    }
    order = sorted(tops, key=lambda one: (one == NO_CATEGORY, -tops[one], titles.category(one)))
    rows = [
        HeatRow(
            _category(titles, category),
            tops[category],
            tuple(_cell(category, source, found.get((category, source), ())) for source in sources),
        )
        for category in order
    ]
    return HeatMap(tuple((source, titles.source(source)) for source in sources), tuple(rows))


def fields_view(house: House, visit: Visit, words: Translator, query: FieldQuery) -> FieldsView:
    """Give the fields that a cell, a tier or a state stands for."""
    wanted = FieldFilter(
        query.status or None, query.system or None, query.dataset or None, query.category or None, query.tier or None
    )
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        found = field_states(session, wanted)
        lines = tuple(_line(state, titles) for state in found[:SHOWN])
        filters = _filters(query, titles, words)
    return FieldsView(lines, len(found), filters)


def field_page(house: House, visit: Visit, words: Translator, field_id: str) -> FieldPage:
    """Give one field.

    Raises:
        NotFoundError: the catalogue holds none of this id.
    """
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        return FieldPage(_view(visit, words, titles, field_by_id(session, field_id)))


def review_view(house: House, visit: Visit, words: Translator, field_id: str | None) -> ReviewView:
    """Give the review inbox, with the named field opened, else the first.

    Raises:
        NotFoundError: the catalogue holds none of this id.
    """
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        waiting = waiting_fields(session)
        opened = field_by_id(session, field_id) if field_id else waiting[0] if waiting else None
        lines = tuple(_line(state, titles) for state in waiting[:SHOWN])
        view = _view(visit, words, titles, opened) if opened else None
    return ReviewView(lines, view, is_chosen=field_id is not None, total=len(waiting))


def bulk_view(house: House, visit: Visit, words: Translator, ids: Sequence[str]) -> BulkView:
    """Give the fields that wait, and what confirming the ticked ones at once would do."""
    with read_only(house.engine) as session:
        titles = Titles.of(house, session, visit.language)
        waiting = waiting_fields(session)[:SHOWN]
        plan = plan_bulk(session, ids)
        lines = tuple(_line(state, titles) for state in waiting)
        known = {line.id: f"{line.dataset} · {line.title}" for line in lines}
        taken = tuple(_line(state, titles) for state in plan.confirmed)
    skipped = tuple((known.get(one, one), words(f"skip.{why}")) for one, why in plan.skipped)
    counts = [(tier, [line for line in taken if line.tier == tier]) for tier in (5, 4, 3, 2, 1)]
    consequences = tuple(Consequence(tier, len(at), sum(line.rows for line in at)) for tier, at in counts if at)
    return BulkView(lines, frozenset(ids), consequences, skipped, taken)


def _cell(category: str, source: str, states: Iterable[FieldState]) -> HeatCell:
    here = list(states)
    if not here:
        return HeatCell()
    review = sum(state.label.status.value == "review" for state in here)
    href = f"/fields?{FieldQuery(system=source, category=category).query}"
    return HeatCell(max(int(state.label.tier) for state in here), len(here), review, href)


def _category(titles: Titles, category: str | None) -> str:
    if category in {None, NO_CATEGORY}:
        return titles.words("dataset.none")
    return titles.category(category)


def _line(state: FieldState, titles: Titles) -> FieldLine:
    return FieldLine(
        id=id_of_field(state.dataset, state.name),
        name=state.name,
        title=titles.field(state.label),
        dataset=titles.dataset(state.dataset),
        dataset_id=state.dataset,
        category=_category(titles, state.label.category),
        tier=int(state.label.tier),
        status=state.label.status.value,
        confidence=state.label.confidence,
        rows=state.rows,
        loss=state.expected_loss,
    )


def _view(visit: Visit, words: Translator, titles: Titles, state: FieldState) -> FieldView:
    label = state.label
    declared = register.dataset(titles.session, state.dataset)
    evidence, samples = split(words, label.evidence)
    known = sorted(titles.book.categories, key=titles.category)
    return FieldView(
        line=_line(state, titles),
        version=state.version,
        category_id=label.category or NO_CATEGORY,
        evidence=evidence,
        samples=samples,
        shares=tuple(Share(titles.entity(one.type), one.type, one.share, one.confidence) for one in label.entities),
        standards=tuple(
            (name, words.name("standing", label.standards[name])) for name in _STANDARDS if label.standards.get(name)
        ),
        declared_type=label.declared_type,
        sampled=state.sampled,
        subject=(declared.subject or "") if declared else "",
        decisions=_decisions(titles, state, reviews_of(titles.session, state.dataset, state.name)),
        categories=(
            *(CategoryChoice(one, titles.category(one)) for one in known),
            CategoryChoice(NO_CATEGORY, words("dataset.none")),
        ),
        may_review=may(visit.caller, Right.REVIEW_FIELDS),
        is_decided=state.is_decided,
    )


def _standards(words: Translator, found: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, words.name("standing", found[name])) for name in _STANDARDS if found.get(name))


def _decisions(titles: Titles, state: FieldState, reviews: Sequence[Review]) -> tuple[DecisionLine, ...]:
    lines = tuple(
        DecisionLine(
            titles.person(one.person)[0],
            one.at,
            one.status,
            _category(titles, one.category_before),
            _category(titles, one.category),
            int(one.tier_before),
            int(one.tier),
            one.reason,
        )
        for one in reviews
    )
    newest = reviews[0].at if reviews else None
    if state.is_decided and state.decided_by and state.decided_at and (newest is None or newest < state.decided_at):
        category, tier = _category(titles, state.label.category), int(state.label.tier)
        who = titles.words("field.by_world") if state.decided_by == "world" else titles.person(state.decided_by)[0]
        first = DecisionLine(who, state.decided_at, state.label.status.value, category, category, tier, tier, "")
        return (first, *lines)
    return lines


def _filters(query: FieldQuery, titles: Titles, words: Translator) -> tuple[tuple[str, str], ...]:
    shown = (
        titles.source(query.system) if query.system else "",
        titles.dataset(query.dataset) if query.dataset else "",
        _category(titles, query.category) if query.category else "",
        f"{words('tier.word')} {query.tier}" if query.tier else "",
        words.name("status", query.status) if query.status else "",
    )
    without = (
        replace(query, system=""),
        replace(query, dataset=""),
        replace(query, category=""),
        replace(query, tier=0),
        replace(query, status=""),
    )
    return tuple((text, f"/fields?{less.query}") for text, less in zip(shown, without, strict=True) if text)
