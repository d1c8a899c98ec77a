"""Limits that hold before a statement is parsed, so that no text can exhaust the parser.

The parser recurses on nesting and on prefix operators, and tries joins without a condition in every grouping;
chains of indexes cost the square of their length. All are counted on the tokens first.
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from policies.sql.errors import StatementTooLargeError
from storage.errors import Said

MAX_BYTES = 1_000_000
MAX_TOKENS = 200_000
MAX_NESTING = 48
MAX_PREFIXES = 16
MAX_JOINS = 50
MAX_BARE_JOINS = 3
MAX_DEPTH = 400
MAX_INDEXES = 200

_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END}
_INDEXED = {TokenType.VAR, TokenType.IDENTIFIER, *_CLOSE}
_JOIN_SIDES = {TokenType.CROSS, TokenType.NATURAL, TokenType.POSITIONAL}


def check_text(sql: str) -> None:
    """Refuse a text above `MAX_BYTES` of UTF-8."""
    if len(sql.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise StatementTooLargeError(what=Said("字节数", "bytes"), limit=MAX_BYTES)


def check_tokens(tokens: Sequence[Token]) -> None:
    """Refuse what would cost the parser its stack or its time.

    Raises:
        StatementTooLargeError: too many tokens or joins, too deep a nesting, too long a run of prefix operators.
    """
    _at_most(Said("词元数", "tokens"), len(tokens), MAX_TOKENS)
    depth = run = joins = bare = indexes = 0
    previous: Token | None = None
    for token in tokens:
        kind = token.token_type
        depth += (kind in _OPEN) - (kind in _CLOSE)
        repeats = previous is not None and previous.text.upper() == token.text.upper() and kind != TokenType.R_PAREN
        run = run + 1 if repeats or kind in {TokenType.NOT, TokenType.DASH, TokenType.PLUS, TokenType.TILDE} else 0
        _at_most(Said("括号嵌套", "nesting"), depth, MAX_NESTING)
        _at_most(Said("连续前缀运算符", "prefix operators"), run, MAX_PREFIXES)
        if kind == TokenType.L_BRACKET and previous is not None and previous.token_type in _INDEXED:
            indexes += 1
            _at_most(Said("下标数", "indexes"), indexes, MAX_INDEXES)
        if kind == TokenType.JOIN:
            joins += 1
            bare += 1
            if previous is not None and previous.token_type in _JOIN_SIDES:
                bare -= 1
        elif kind in {TokenType.ON, TokenType.USING} and bare:
            bare -= 1
        _at_most(Said("连接数", "joins"), joins, MAX_JOINS)
        _at_most(Said("无条件连接数", "joins without a condition"), bare, MAX_BARE_JOINS)
        previous = token


def check_depth(tree: exp.Expr) -> None:
    """Refuse a tree deeper than `MAX_DEPTH`, walking it without recursion."""
    level: list[exp.Expr] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in _children(node)]
        if not level:
            return
    raise StatementTooLargeError(what=Said("嵌套深度", "depth"), limit=MAX_DEPTH)


def _children(node: exp.Expr) -> Iterator[exp.Expr]:
    yield from node.iter_expressions()


def _at_most(what: Said, found: int, limit: int) -> None:
    if found > limit:
        raise StatementTooLargeError(what=what, limit=limit)
