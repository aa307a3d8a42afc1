"""Take SQL text apart into tokens, so that two spellings of one definition can be compared.

White space, comments, the case of words and the quotes around names do not count. Used by the
reader of databases; nothing is executed here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gym_anything.documents.errors import DocumentError

MAX_SQL_CHARACTERS = 200_000


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NAME = "name"
    STRING = "string"
    NUMBER = "number"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; words and names are in lower case, names without their quotes."""

    kind: Kind
    text: str


_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>[xX]?'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign><=|>=|<>|!=|==|\|\||->>?|<<|>>|.)""",
    re.VERBOSE | re.DOTALL,
)


def sql_tokens(sql: str) -> tuple[Token, ...]:
    """The tokens of a statement.

    Raises:
        DocumentError: it is longer than `MAX_SQL_CHARACTERS`.
    """
    if len(sql) > MAX_SQL_CHARACTERS:
        raise DocumentError(f"a definition of {len(sql)} characters is too long")
    found = []
    for match in _TOKEN.finditer(sql):
        kind, text = match.lastgroup, match.group()
        if kind is None or kind == "blank":
            continue
        if kind == "name":
            text = _unquoted(text)
        found.append(Token(Kind(kind), text.casefold() if kind in ("name", "word") else text))
    return tuple(found)


def canonical_sql(sql: str) -> str:
    """A statement with one space between its tokens, without quotes around names."""
    return " ".join(token.text for token in sql_tokens(sql)).removesuffix(" ;")


def check_clauses(sql: str) -> tuple[str, ...]:
    """The conditions of the CHECK constraints of a CREATE TABLE, canonical and in order."""
    return tuple(sorted(_clauses(sql_tokens(sql), "check")))


def has_words(sql: str, *words: str) -> bool:
    """Whether a statement has these words, one after the other, outside of quotes."""
    plain = [token.text if token.kind is Kind.WORD else "" for token in sql_tokens(sql)]
    count = len(words)
    return any(plain[at : at + count] == list(words) for at in range(len(plain)))


def _clauses(tokens: tuple[Token, ...], word: str) -> list[str]:
    """What stands in the brackets behind each occurrence of a word."""
    found, opening = [], Token(Kind.SIGN, "(")
    for at, token in enumerate(tokens[:-1]):
        if token != Token(Kind.WORD, word) or tokens[at + 1] != opening:
            continue
        depth, end = 0, at + 1
        while end < len(tokens):
            if tokens[end].kind is Kind.SIGN:
                depth += {"(": 1, ")": -1}.get(tokens[end].text, 0)
            if depth == 0:
                break
            end += 1
        found.append(" ".join(each.text for each in tokens[at + 2 : end]))
    return found


def _unquoted(text: str) -> str:
    quote = text[0]
    inner = text[1:-1]
    return inner if quote == "[" else inner.replace(quote * 2, quote)
