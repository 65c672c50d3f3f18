"""Walks the tokens of a line: words grow into names, separators end them, brackets and labels hold them together.

The half of the grammar without numbers; `text_scan.py` adds what a number does.
"""

from __future__ import annotations

from itertools import takewhile
from typing import ClassVar

from gandoctor.readers.text_shape import Number, Scope
from gandoctor.readers.text_tokens import Cut, Token, lex
from gandoctor.readers.text_words import (
    ABSENT,
    COPULAS,
    JOINING,
    LOG_LEVELS,
    NULLS,
    are_alike,
    counter_kind,
    held_out,
    is_split,
    names_both,
    names_network,
    speaks,
)

_END = Token("end", "", near=False)
_LONGEST_NAME = 6
_MOST_NAMES = 64
_CLOSING: dict[str, str] = {"[": "]", "{": "}"}


class Walk:
    """The state of a walk.

    `words` is the name that grows, `assigned` whether ":" or "=" followed it. `label` and `section` stand before names
    ("D: real 0.5", "[D] real 0.5"). `base` is the name that a further number of a list would have. `earlier` holds the
    names before a comma ("loss_d, loss_g: 0.5, 0.7"), `slashed` those of "a/b/c" for numbers to come.
    """

    silent: ClassVar[frozenset[str]] = frozenset({"quote", "percent", "end"})

    def __init__(self, line: Cut) -> None:
        self.tokens = lex(line)
        self.at = 0
        self.numbers: list[Number] = []
        self.literals: list[tuple[int, str]] = []
        self.scopes: list[Scope] = []
        self.opened = 0
        self.words: list[str] = []
        self.assigned = False
        self.restored = False
        self.label: tuple[str, ...] = ()
        self.section: tuple[str, ...] = ()
        self.slashed: tuple[str, ...] = ()
        self.earlier: tuple[str, ...] = ()
        self.base = ""
        self.marked = False
        self.spoken = False

    def peek(self, ahead: int = 0) -> Token:
        """The token to come."""
        position = self.at + ahead
        return self.tokens[position] if position < len(self.tokens) else _END

    @property
    def before(self) -> Token:
        """The token before the one in hand."""
        return self.tokens[self.at - 2] if self.at > 1 else _END

    @property
    def trailing(self) -> str:
        """The name at the end of the line that waits for a number: "D loss:", or a lone "epoch"."""
        words = tuple(self.words)
        lone = len(self.tokens) == 1 and len(words) == 1 and counter_kind(words[0])
        return " ".join(words) if words and (self.assigned or lone) and len(words) <= _LONGEST_NAME else ""

    def step(self, token: Token) -> None:
        """Takes a token that is no number."""
        if token.kind == "word":
            self._word(token.text)
        elif token.kind == "assign":
            self.assigned, self.restored = bool(self.words), False
        elif token.kind == "comma":
            self._comma()
        elif token.kind == "open":
            self._open(token.text)
        elif token.kind == "close":
            self._close()
        elif token.kind == "skip":
            self.skip()
        elif token.kind == "fill":
            self._fill()
        elif token.kind not in self.silent:
            self._separator(token)

    def forget(self) -> None:
        """The name that grew has its number, or was none."""
        self.words, self.assigned, self.restored, self.earlier = [], False, False, ()

    def skip(self) -> None:
        """A date, a time, a size: what was named has had its value."""
        self.forget()
        self.base = ""
        if self.scopes:
            self.scopes[-1].numbers += 1

    def scope_words(self) -> list[str]:
        """The name before the bracket, while the bracket has had no number."""
        scope = self.scopes[-1] if self.scopes else None
        return scope.words if scope and not scope.numbers else []

    # --- words and separators ----------------------------------------------------------------------------------------

    def _word(self, word: str) -> None:
        if self.words and word.lower() in (NULLS if self.assigned else ABSENT):
            self.forget()
            return
        if word.lower() in LOG_LEVELS and not self.numbers and not self.words:
            return
        if self.words and word in COPULAS and self.peek().kind == "number":
            self.assigned = True
            return
        if (word.lower() in JOINING and self._begins_name()) or (word.lower() == "and" and self._is_joint()):
            return
        if self.assigned and self.words:
            self._become_label()
        if self.restored:
            self.words, self.restored = [], False
        self.words.append(word)
        self.spoken = True

    def _begins_name(self) -> bool:
        """Whether a name begins behind the word in hand."""
        return (not self.words or self.restored) and self.peek().kind == "word"

    def _is_joint(self) -> bool:
        """Whether the "and" or "&" in hand stands between two networks, which it lists, or between the numbers."""
        following = self.peek()
        if not self.words or self.restored:
            return following.kind == "number" and self.base != ""
        between = following.kind == "word" and not self.assigned and names_both((*self.words, *self._words_ahead()))
        if between:
            self._join(following)
        return between

    def _words_ahead(self) -> tuple[str, ...]:
        """The words to come, as many as a name has at most."""
        ahead = self.tokens[self.at : self.at + _LONGEST_NAME]
        return tuple(token.text for token in takewhile(lambda token: token.kind == "word", ahead))

    def _fill(self) -> None:
        """Asterisks alone: what a program prints for a number that its field has no room for."""
        if self.words and self.peek().kind not in ("number", "assign", "open"):
            self.forget()

    def _become_label(self) -> None:
        """What stood before ":" turned out to be no name of a number: "D: loss 0.5", "Train: D loss 0.5"."""
        words = tuple(self.words)
        if any("/" in word and "(" not in word for word in words):
            self.slashed, self.label = words, ()
        else:
            self.label = words if names_network(words) else ()
        self.words, self.assigned = [], False

    def _comma(self) -> None:
        """Ends a name; keeps it for a list of names, and in a pair such as ("d_loss", 0.5)."""
        scope = self.scopes[-1] if self.scopes else None
        pair = scope and scope.bracket == "(" and not scope.numbers and not self.earlier
        if pair and len(self.words) == 1 and self.peek().kind == "number" and not scope_is_named(scope):
            return
        self._begin_section()
        earlier = self.earlier
        listed = speaks(self.words) or (scope is not None and not scope.numbers)
        if self.words and not self.assigned and not self.restored and listed:
            earlier = (*earlier[-_MOST_NAMES:], " ".join(self.words))
        if self.words:
            self.forget()
        self.earlier = earlier

    def _begin_section(self) -> None:
        """A cell that only says "Test" stands over all names after it, up to one that only says "Train"."""
        if self.words and not self.assigned and not self.scopes and is_split(self.words):
            self.section = tuple(self.words) if held_out(self.words) else ()

    def _separator(self, token: Token) -> None:
        following = self.peek()
        if token.kind == "slash":
            self._slash(token)
        elif token.kind == "mark" and token.text == "#":
            self.marked, self.base = not (self.words or self.numbers), ""
        elif token.kind == "dash" and self.words and following.kind == "number":
            self._dash_before_number(token, following)
        elif token.kind == "bar" and self.words and following.kind == "number":
            self.label, self.base = (), ""
        elif token.text == "&" and self._is_joint():
            return
        else:
            self._begin_section()
            if token.kind == "dash" and self.words and not self.assigned and names_network(self.words):
                self.label = tuple(self.words)
            elif token.kind == "bar":
                self.label = ()
            self.marked = token.text == ">"
            self.forget()
            self.base = ""

    def _slash(self, token: Token) -> None:
        """A number that a slash ties to a word is part of the word: "F_1/8". Names between slashes are listed."""
        following = self.peek()
        if not self.words or self.restored:
            return
        if following.kind == "number" and following.near and token.near:
            self.words[-1] += "/" + following.text
            self.literals.append((following.slot, following.text))
            self.at += 1
        elif following.kind == "word" and not self.assigned:
            self._join(following)

    def _join(self, following: Token) -> None:
        """Takes "D loss / G loss" for a list of names, "D / G loss" and "loss D / G" for "D/G" in one."""
        words = self._words_ahead()
        whole = len(self.words) > 1 and len(words) > 1 and are_alike(self.words, words)
        if whole or self.earlier:
            self.earlier = (*self.earlier, " ".join(self.words))
            self.words = []
        else:
            self.words[-1] += "/" + following.text
            self.at += 1

    def _dash_before_number(self, token: Token, number: Token) -> None:
        """Takes the dash of "D_loss - 0.5" as an assignment, that of "FID-50k" as part of the name."""
        if token.near and number.near and self.peek(1).kind == "word" and self.peek(1).near:
            self.words[-1] += token.text
        elif not self.assigned:
            self.assigned = True

    # --- brackets ----------------------------------------------------------------------------------------------------

    def _open(self, bracket: str) -> None:
        if self._is_inside():
            self.scopes[-1].depth += 1
            return
        self.opened += 1
        self.base = self.base if bracket in "({" and not self.words else ""
        scope = Scope(self.opened, bracket, self.words, self.base, assigned=self.assigned, names=self.earlier)
        self.scopes.append(scope)
        self.forget()

    def _is_inside(self) -> bool:
        """Whether the bracket in hand only groups the numbers of a name: "[[0.5]]", the further rows of a matrix."""
        scope = self.scopes[-1] if self.scopes else None
        if not scope or not scope.words or self.words or self.peek().kind not in ("number", "open"):
            return False
        return self.before.kind == "open" or (scope.took and self.before.kind == "comma")

    def _close(self) -> None:
        inside, earlier = tuple(self.words), self.earlier
        self.forget()
        if not self.scopes:
            return
        if self.scopes[-1].depth:
            self.scopes[-1].depth -= 1
            return
        scope = self.scopes.pop()
        if earlier and inside and not scope.numbers and (scope.words or self.peek().kind != "word"):
            self.words = [*scope.words, *inside]
            self.earlier = tuple(" ".join((*scope.words, name)) for name in earlier)
        elif not scope.numbers:
            self._close_text(scope, () if earlier else inside)
        elif scope.took:
            self.base = scope.base
        else:
            self.base = ""
            self.words = scope.words
            self.restored = bool(self.words)

    def _close_text(self, scope: Scope, inside: tuple[str, ...]) -> None:
        """A bracket without a number: part of a name ("Loss (real)"), or a section ("[D] real 0.5 fake 0.3")."""
        if scope.words:
            close = _CLOSING.get(scope.bracket, ")")
            self.words = [*scope.words, f"{scope.bracket}{' '.join(inside)}{close}"] if inside else scope.words
            self.assigned = scope.assigned and not inside
            return
        if scope.bracket == "[":
            self.section = inside if inside and names_network(inside) else ()
        self.base = ""


def scope_is_named(scope: Scope | None) -> bool:
    """Whether a name stands before the bracket."""
    return bool(scope and scope.words)
