"""Which field each column name means, and which are refused."""

from sqlglot import exp

from policies.sql.errors import FieldDeniedError, UnknownColumnError
from policies.sql.mincell import check_people_use
from policies.sql.sources import Derived, Occurrence, Scope, Source

_SHOWN = 80
_FULL_NAME = 3


class Columns:
    """Resolves column names and notes what is used; `types` holds the type of each column that is certain."""

    def __init__(self) -> None:
        """Start with nothing noted."""
        self.types: dict[int, str] = {}

    def star(self, scope: Scope, qualifier: str | None) -> None:
        """Note that every value column is asked for, of all sources or of one."""
        sources = scope.sources if qualifier is None else _qualified(scope, qualifier)
        if qualifier is not None and not sources:
            raise UnknownColumnError(column=f"{qualifier}.*"[:_SHOWN])
        for source in sources:
            if isinstance(source, Occurrence):
                source.whole = True

    def using(self, scope: Scope, name: str) -> None:
        """Note a column of USING, which every source that has it must give."""
        if not self._mark(scope.sources, name, None, scope) and not _opens(scope.sources):
            raise _missing(name, scope)

    def column(self, node: exp.Column, scope: Scope, aliases: frozenset[str]) -> None:
        """Resolve one column reference.

        Raises:
            FieldDeniedError: it names a field that is not granted.
            UnknownColumnError: it names nothing in reach.
        """
        parts = [part.name for part in node.parts]
        if len(parts) == 1:
            self._bare(parts[0], node, scope, aliases)
            return
        if len(parts) >= _FULL_NAME and self._full_name(node, scope):
            return
        if self._qualified(node, parts, scope):
            return
        self._bare(parts[0], None, scope, aliases)  # a struct's field, e.g. `address.city`

    def _bare(self, written: str, node: exp.Column | None, scope: Scope, aliases: frozenset[str]) -> None:
        name = written.lower()
        reach: Scope | None = scope
        seen: frozenset[str] | set[str] = aliases
        opens = False
        while reach is not None:
            if self._mark(reach.sources, name, node, reach) or name in seen:
                return
            if rows := reach.by_alias(name):
                self._rows(rows)
                return
            if opens := opens or _opens(reach.sources):
                self._refuse_denied(name, reach)
            reach = reach.outer
            seen = reach.aliases if reach is not None else frozenset()
        if not opens:
            raise _missing(written, scope)

    def _qualified(self, node: exp.Column, parts: list[str], scope: Scope) -> bool:
        reach: Scope | None = scope
        while reach is not None:
            sources = reach.by_alias(parts[0].lower())
            if sources:
                if self._mark(sources, parts[1].lower(), node if len(parts) == _FULL_NAME - 1 else None, reach):
                    return True
                if _opens(sources):
                    return True
                if self._struct_column(parts[0], reach):
                    return False
                raise _missing(parts[1], Scope(reach.select, None, sources))
            reach = reach.outer
        if len(parts) == _FULL_NAME - 1 and not self._has_column(parts[0], scope):
            raise UnknownColumnError(column=".".join(parts)[:_SHOWN])
        return False

    def _full_name(self, node: exp.Column, scope: Scope) -> bool:
        """Resolve `source.table.column…` against tables that stand there without an alias, and drop the source."""
        parts = node.parts
        dataset = f"{parts[0].name}.{parts[1].name}".lower()
        reach: Scope | None = scope
        while reach is not None:
            for source in reach.sources:
                if isinstance(source, Occurrence) and not source.explicit and source.table.dataset.lower() == dataset:
                    exact = node if len(parts) == _FULL_NAME else None
                    if not self._mark([source], parts[2].name.lower(), exact, reach):
                        raise _missing(parts[2].name, Scope(reach.select, None, [source]))
                    _drop_source(node, source)
                    return True
            reach = reach.outer
        return False

    def _mark(self, sources: list[Source], name: str, node: exp.Column | None, scope: Scope) -> bool:
        found = [source for source in sources if _has(source, name)]
        for source in found:
            if isinstance(source, Derived):
                continue
            column = source.visible[name]
            if source.table.columns[column].kind == "aggregate":
                check_people_use(node, source, column, scope)
            source.used[column] = None
            if node is not None and len(found) == 1:
                self.types[id(node)] = source.table.columns[column].type
        return bool(found)

    def _rows(self, rows: list[Source]) -> None:
        for source in rows:
            if isinstance(source, Occurrence):
                source.whole = True

    def _refuse_denied(self, name: str, scope: Scope) -> None:
        for source in scope.sources:
            if isinstance(source, Occurrence) and (denied := source.denies(name)):
                raise FieldDeniedError(field=denied, dataset=source.table.dataset)

    def _struct_column(self, name: str, scope: Scope) -> bool:
        return any(_has(source, name.lower()) for source in scope.sources)

    def _has_column(self, name: str, scope: Scope | None) -> bool:
        lowered = name.lower()
        while scope is not None:
            if any(_has(source, lowered) for source in scope.sources) or _opens(scope.sources):
                return True
            if lowered in scope.aliases or any(isinstance(s, Occurrence) and s.denies(lowered) for s in scope.sources):
                return True
            scope = scope.outer
        return False


def _has(source: Source, name: str) -> bool:
    return name in (source.visible if isinstance(source, Occurrence) else source.names)


def _opens(sources: list[Source]) -> bool:
    return any(isinstance(source, Derived) and source.open for source in sources)


def _qualified(scope: Scope, qualifier: str) -> list[Source]:
    reach: Scope | None = scope
    while reach is not None:
        if sources := reach.by_alias(qualifier.lower()):
            return sources
        reach = reach.outer
    return []


def _drop_source(node: exp.Column, source: Occurrence) -> None:
    """Turn `source.table.column.…` into `table.column.…`."""
    parts = [*node.parts]
    node.set("catalog", None)
    node.set("db", None if len(parts) == _FULL_NAME else exp.to_identifier(source.alias, quoted=True))
    if len(parts) == _FULL_NAME:
        node.set("table", exp.to_identifier(source.alias, quoted=True))
    else:
        node.set("table", parts[2])
        node.set("this", parts[3])


def _missing(written: str, scope: Scope) -> FieldDeniedError | UnknownColumnError:
    reach: Scope | None = scope
    while reach is not None:
        for source in reach.sources:
            if isinstance(source, Occurrence) and (denied := source.denies(written.lower())):
                return FieldDeniedError(field=denied, dataset=source.table.dataset)
        reach = reach.outer
    return UnknownColumnError(column=written[:_SHOWN])
