"""From a person's text to one checked tree, and from a tree back to text.

Function calls are kept as they are written (the parser would translate many of them to other names); only constructs
with a syntax of their own become nodes of their own.
"""

import logging
from functools import cache
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from policies.sql.errors import (
    ConstructRefusedError,
    NotOneSelectError,
    StatementTooLargeError,
    StatementUnreadableError,
)
from policies.sql.limits import MAX_DEPTH, check_depth, check_text, check_tokens
from storage.errors import Said

KEPT = "mjfn_"  # marks a call whose name the parser must not translate
_OWN_SYNTAX = frozenset(
    {
        *(
            "CAST",
            "TRY_CAST",
            "EXTRACT",
            "POSITION",
            "SUBSTRING",
            "TRIM",
            "EXISTS",
            "UNNEST",
            "COLUMNS",
            "CASE",
            "AND",
            "OR",
        ),
        *(
            "ARRAY",
            "MAP",
            "STRUCT",
            "STRUCT_PACK",
            "DATE",
            "TIME",
            "TIMESTAMP",
            "DATETIME",
            "INTERVAL",
            "CHAR",
            "STRING",
        ),
        *(
            "INT64",
            "LIKE",
            "COLLATE",
            "APPLY",
            "INSERT",
            "TRUNCATE",
            "LAG",
            "LEAD",
            "FIRST_VALUE",
            "LAST_VALUE",
            "NTH_VALUE",
        ),
        *("PERCENTILE_CONT", "PERCENTILE_DISC"),
    }
)
_BEFORE_STAR = {TokenType.SELECT, TokenType.COMMA, TokenType.DOT, TokenType.DISTINCT, TokenType.L_PAREN, TokenType.ALL}
_NEVER_NAMES = {TokenType.STRING, TokenType.IDENTIFIER}


@cache
def _translated() -> frozenset[str]:
    """Names that the parser would turn into nodes of other names."""
    return (frozenset(DuckDB.Parser.FUNCTIONS) | frozenset(DuckDB.Parser.FUNCTION_PARSERS) | {"IF"}) - _OWN_SYNTAX


def parse(sql: str) -> exp.Expr:
    """Give the tree of one SELECT, set operation or VALUES.

    Raises:
        StatementUnreadableError: no SQL, or SQL that two parsers could read differently.
        StatementTooLargeError: a limit of `limits` is exceeded.
        NotOneSelectError: another kind of statement, none, or more than one.
    """
    check_text(sql)
    try:
        tokens = _tokens(sql)
        trees = [tree for tree in DuckDB().parser(error_level=None).parse(tokens, sql) if tree is not None]
    except SqlglotError as error:
        raise StatementUnreadableError(line=_line(error)) from None
    except RecursionError:
        raise StatementTooLargeError(what=Said("嵌套深度", "depth"), limit=MAX_DEPTH) from None
    if len(trees) != 1:
        raise NotOneSelectError(found=Said(f"{len(trees)} 条语句", f"{len(trees)} statements"))
    tree = trees[0]
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery | exp.Values):
        raise NotOneSelectError(found=_kind(tree))
    check_depth(tree)
    _restore_names(tree)
    _restore_arguments(tree)
    return tree


def render(tree: exp.Expr) -> str:
    """Give DuckDB's text of a tree, without comments, in the words DuckDB itself uses to name columns."""
    for node in list(tree.find_all(exp.Not, exp.DataType, exp.Interval)):
        if isinstance(node, exp.DataType):
            if node.this in {exp.DType.VARCHAR, exp.DType.TEXT}:
                node.set("this", exp.DType.USERDEFINED)
                node.set("kind", "VARCHAR")
        elif isinstance(node, exp.Interval):
            if isinstance(node.this, exp.Literal) and node.args.get("unit") and node.this.name.isdigit():
                node.this.set("is_string", value=False)
        elif isinstance(node.this, exp.Is):
            node.replace(exp.Is(this=node.this.this, expression=exp.Not(this=node.this.expression)))
    return str(tree.sql(dialect="duckdb", comments=False, normalize_functions=False, copy=False))


def keep_name(projection: exp.Expr) -> None:
    """Name an expression as DuckDB would name the person's own, before anything in it changes."""
    if isinstance(projection, exp.Alias):
        return
    text = projection.sql(dialect="duckdb", comments=False, normalize_functions=False)
    name = f"({text})" if isinstance(projection, exp.Binary) else text
    alias = exp.Alias(alias=exp.to_identifier(name, quoted=True))
    projection.replace(alias)
    alias.set("this", projection)


def _tokens(sql: str) -> list[Token]:
    if "\x00" in sql:
        raise StatementUnreadableError(line=1)
    tokens: list[Token] = DuckDB().tokenize(sql)
    check_tokens(tokens)
    translated = _translated()
    for index, (token, following) in enumerate(pairwise(tokens)):
        if token.token_type == TokenType.NUMBER and following.start == token.end + 1 and _is_word(following):
            raise StatementUnreadableError(line=token.line)
        if following.token_type != TokenType.L_PAREN or token.token_type in _NEVER_NAMES:
            continue
        if token.text.upper() in translated and not _follows_clause(tokens, index):
            token.text, token.token_type = KEPT + token.text, TokenType.VAR
    return tokens


def _follows_clause(tokens: list[Token], index: int) -> bool:
    """Say whether a word is FILTER after a call or REPLACE after a star, and so no call itself."""
    before = tokens[index - 1].token_type if index else None
    if before == TokenType.STAR and tokens[index].text.upper() == "REPLACE":
        return index < 2 or tokens[index - 2].token_type in _BEFORE_STAR  # noqa: PLR2004 -- two tokens back
    return before == TokenType.R_PAREN


def _is_word(token: Token) -> bool:
    return token.text[:1].isalpha() or token.text[:1] == "_"


def _restore_names(tree: exp.Expr) -> None:
    for node in tree.find_all(exp.Anonymous, exp.Identifier, exp.Var):
        name = node.this
        if isinstance(name, str) and name.startswith(KEPT):
            node.set("this", name.removeprefix(KEPT))


def _restore_arguments(tree: exp.Expr) -> None:
    """Keep `f(DISTINCT a, b)` a call of two arguments; the generator would make one row of them."""
    for distinct in list(tree.find_all(exp.Distinct)):
        order = distinct.parent if isinstance(distinct.parent, exp.Order) else None
        call = order.parent if order is not None else distinct.parent
        first, *rest = distinct.expressions or [None]
        if not isinstance(call, exp.Anonymous) or not rest:
            continue
        distinct.set("expressions", [first])
        if order is not None:
            order.set("this", rest.pop())
            rest.append(order)
        call.set("expressions", [distinct, *rest])


def _line(error: SqlglotError) -> int:
    details = getattr(error, "errors", None)
    return int(details[0].get("line") or 1) if details else 1


def _kind(tree: exp.Expr) -> str:
    word = tree.this if isinstance(tree, exp.Command) else type(tree).__name__
    return str(word).upper()[:20]


def refuse_construct(name: str) -> ConstructRefusedError:
    """Give the error for a construct that a governed read does not offer."""
    return ConstructRefusedError(construct=name[:40])


logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # its warnings quote the statement, and logs carry no payload
