"""Attaches each number of a line to the name at its left: the half of the grammar of log lines that numbers make.

A name is the run of words since the last separator. A bracket after a name belongs to it ("[D loss: (m)(R r, F f)]"),
a label before a name does too ("D: loss 0.5"), numbers that follow a number are a list ("a / b", "[a, b]").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gandoctor.readers.text_shape import Number
from gandoctor.readers.text_slashes import parted, parted_networks
from gandoctor.readers.text_walk import Walk
from gandoctor.readers.text_words import (
    counter_kind,
    counts,
    is_month,
    is_plain,
    is_rival,
    is_source,
    is_unit,
    speaks,
    split_counter,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gandoctor.readers.text_tokens import Cut, Token

_BAR = tuple("%█▉▊▋▌▍▎▏━╸╺▓▒░■")
_FILLING = ("=", ">", ".", "#", "-")


def scan(line: Cut) -> Scanner:
    """The scanner after its walk over the line."""
    scanner = Scanner(line)
    while scanner.at < len(scanner.tokens):
        token = scanner.tokens[scanner.at]
        scanner.at += 1
        if token.kind == "number":
            scanner.number(token)
        else:
            scanner.step(token)
    return scanner


class Scanner(Walk):
    """The walk with numbers; `numbers` and `literals` are the result."""

    def __init__(self, line: Cut) -> None:
        super().__init__(line)
        self.places: dict[str, int] = {}
        self.waiting: tuple[str, ...] = ()

    def number(self, token: Token) -> None:
        """Takes a number, the numbers that slashes join to it and the sign or unit behind it."""
        if self.words and (is_source(self.words[-1]) or (is_month(self.words[-1]) and token.text.isdigit())):
            self.skip()
            return
        if self._is_literal(token):
            return
        chain = self._chain(token)
        if self._is_measure(chain[-1]):
            return
        percent = self._percent()
        if percent and self._is_progress():
            self.skip()
        elif len(chain) == 2 and self._is_share(chain):
            self._add_share(chain)
        else:
            self._add_chain(chain, "%" if percent else "")
        self.marked = False

    # --- numbers that are part of a name, or a measure ---------------------------------------------------------------

    def _is_literal(self, token: Token) -> bool:
        """Whether the number is part of a name: "D loss 1: 0.5", "t(100): 0.5", "loss[0]: 0.5", "FID-50k: 9"."""
        if self.words and self.words[-1].endswith("-") and token.near:
            self.words[-1] += token.text + self.peek().text
            self.literals.append((token.slot, token.text))
            self.at += 1
            return True
        if self.peek().kind == "close" and self.scope_words():
            return self._is_index(token)
        valued = self.peek().kind == "assign" and self.peek(1).kind in ("number", "open")
        if not (self.words and valued and token.text.isdigit()) or self.assigned or split_counter(self.words)[0]:
            return False
        self.words.append(token.text)
        self.literals.append((token.slot, token.text))
        return True

    def _is_index(self, token: Token) -> bool:
        scope = self.scopes[-1]
        valued = self.peek(1).kind == "assign" and self.peek(2).kind in ("number", "open")
        touches = self.before.kind == "open" and self.before.near
        if not (valued and touches and token.text.isdigit()) or scope.assigned or split_counter(scope.words)[0]:
            return False
        self.scopes.pop()
        self.words = [*scope.words[:-1], f"{scope.words[-1]}{scope.bracket}{token.text}{self.peek().text}"]
        self.literals.append((token.slot, token.text))
        self.at += 1
        return True

    def _chain(self, token: Token) -> list[Token]:
        """The numbers that slashes join to this one, itself first."""
        chain = [token]
        while self._joins(token) and self.peek(1).kind == "number":
            chain.append(self.peek(1))
            self.at += 2
        return chain

    def _joins(self, token: Token) -> bool:
        """Whether a slash comes next, or the "of" of "epoch 3 of 50"."""
        of = self.peek().text == "of" and token.text.isdigit() and split_counter(self.words)[0]
        return bool(of) or self.peek().kind == "slash"

    def _is_measure(self, token: Token) -> bool:
        """Whether a unit follows, or words that say what was counted ("10000 generated images"); passes over the unit.

        A measure before an assignment is part of a name: "FID 50k: 9.1".
        """
        following, then = self.peek(), self.peek(1).kind
        named = then == "assign" or (then == "number" and "/" in following.text)
        unit = following.kind == "word" and (following.near or (is_unit(following.text) and not named))
        if unit and self.words and not self.assigned and then == "assign":
            self.words.append(token.text + following.text)
            self.literals.append((token.slot, token.text))
            self.at += 1
            return True
        if unit or following.text.startswith("°"):
            self.at += 1
        elif not (words := self._words_behind()):
            return False
        elif "." in token.text and speaks(words) and self.scopes:
            self._add_named(token, self._full_name(words))
            self.at += len(words)
            return True
        self.skip()
        return True

    def _words_behind(self) -> tuple[str, ...]:
        """The words behind a number up to the end of a bracket that gives details, or of a list's element.

        They say what was counted or name it: "(10000 images)", "D (0.7 real_err, 0.6 fake_err)", "d=0.5, 3.2 passed".
        () where other things follow.
        """
        words: list[str] = []
        aside = bool(self.scopes) and self.scopes[-1].bracket == "("
        if not self.words and (aside or (self.base and self.before.kind == "comma")):
            while self.peek(len(words)).kind == "word":
                words.append(self.peek(len(words)).text)
        ends = ("close", "comma") if aside else ("close", "comma", "end", "bar")
        return tuple(words) if self.peek(len(words)).kind in ends else ()

    def _percent(self) -> bool:
        if self.peek().kind != "percent":
            return False
        self.at += 1
        return True

    def _is_progress(self) -> bool:
        """Whether a percentage says how far the run is: no name, or a bar that touches the sign."""
        bar = self.peek().kind == "bar" and self.peek().near
        return bar or not (self.words or self.scope_words() or self.base)

    # --- counts of a total -------------------------------------------------------------------------------------------

    def _is_share(self, chain: Sequence[Token]) -> bool:
        """Whether "a/b" is a count of a total, as in "Epoch 3/100"."""
        first, second = (token.text for token in chain)
        if not (first.isdigit() and second.isdigit()) or float(first) > float(second):
            return False
        words = self.words or self.scope_words()
        return counts(words) or not speaks(words)

    def _add_share(self, chain: Sequence[Token]) -> None:
        words = self.words or self.scope_words()
        counter, self.waiting = split_counter(words)
        counter = counter or (words[-1] if counts(words) else "")
        number = Number(chain[0].slot, "counter", counter, total=chain[1].slot, marked=self.marked)
        number.bar = self._is_bar(chain)
        self._add(number)
        self.base = ""

    def _is_bar(self, chain: Sequence[Token]) -> bool:
        """Whether the count belongs to a progress bar: a bar before it, a bar or a time after it."""
        first = self.at - 2 * len(chain) + 1
        following, then = self.peek(), self.peek(1)
        if following.kind == "open" and (then.kind == "skip" or then.text[:1] in _FILLING):
            return True
        if following.kind == "open" and then.kind == "number" and self.peek(2).kind == "percent":
            return True
        before = "".join(token.text for token in self.tokens[max(0, first - 3) : first])
        return any(mark in before for mark in _BAR) or following.text[:1] in _BAR

    # --- metrics, lists and counters ---------------------------------------------------------------------------------

    def _add_chain(self, chain: Sequence[Token], suffix: str) -> None:
        """Numbers joined by slashes: named by a name of as many parts, or a list of one name."""
        names = self._split_names(len(chain)) if len(chain) > 1 else []
        if names:
            for token, name in zip(chain, names, strict=True):
                self._add(Number(token.slot, "metric", name + suffix))
            self.base = ""
            return
        for position, token in enumerate(chain):
            self._add_one(token, suffix, joined=position > 0)

    def _split_names(self, count: int) -> list[str]:
        """The names for two numbers behind "D/G loss": "D loss" and "G loss"; [] where no name has `count` parts."""
        own = tuple(self.words or self.scope_words())
        for words, rest in ((own, ()), (self.slashed, own)):
            if names := parted(words, count):
                return [" ".join((*self.section, name, *rest)) for name in names]
        return []

    def _add_one(self, token: Token, suffix: str, *, joined: bool = False) -> None:
        words = () if joined else tuple(self.words or self.scope_words())
        if words and not self.words:
            self.scopes[-1].took = True
        counter, left = self._counter(words) if words else ("", ())
        if counter:
            self._add(Number(token.slot, "counter", counter))
            self.waiting, self.base = left, ""
        elif words:
            self._add_named(token, self._full_name(words) + suffix)
        elif self.base:
            self._add_element(token)
        elif self.waiting and self.before.kind == "assign":
            self._add_named(token, self._full_name(self.waiting) + suffix)
        else:
            self._add_unnamed(token)

    def _counter(self, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """The counter that the words end with, or the word behind the number of "after 10 iterations"."""
        unit = self.peek()
        if words[-1].lower() == "after" and unit.kind == "word" and counter_kind(unit.text):
            self.at += 1
            return unit.text, words[:-1]
        return split_counter(words)

    def _add_named(self, token: Token, name: str) -> None:
        number = Number(token.slot, "metric", name, base=name)
        earlier = self.scopes[-1].names if not self.words and self.scope_words() else self.earlier
        number.names = (*earlier, name) if earlier else tuple(parted_networks(name.split()))
        self.waiting = ()
        self._add(number)
        self.base = name
        self.places[name] = 0
        if self.scopes and self.scopes[-1].took and not self.scopes[-1].base:
            self.scopes[-1].base = name

    def _add_element(self, token: Token) -> None:
        """The next element of a list."""
        base = self.base
        if self.scopes and self.scopes[-1].base == base:
            self.scopes[-1].took = True
        self.places[base] = self.places.get(base, 0) + 1
        alone = self.before.text == "(" and self.peek().text == ")"
        place = f" ({self.places[base]})" if alone else f"[{self.places[base]}]"
        number = Number(token.slot, "metric", f"{base}{place}", base=base, place=self.places[base])
        number.listed = self.before.kind in ("comma", "number")
        self._add(number)
        self.base = base

    def _add_unnamed(self, token: Token) -> None:
        """A number without a name: a counter by its place at the start or in a bracket, else a value."""
        placed = self._in_counter_bracket() if self.scopes else not self.spoken
        counter = token.text.isdigit() and (self.marked or (placed and not self.places))
        self._add(Number(token.slot, "counter" if counter else "value", marked=self.marked))

    def _in_counter_bracket(self) -> bool:
        """Whether the bracket can hold counters: "[3]", "(3, 100)", but not the "(0)" of a list of modules."""
        scope = self.scopes[-1]
        return scope.bracket == "[" or scope.numbers > 0 or self.peek().kind == "comma"

    def _add(self, number: Number) -> None:
        if self.scopes:
            scope = self.scopes[-1]
            number.scope = scope.number
            if not self.words and self.scope_words() and number.name:
                scope.took = True
            scope.numbers += 1
        self.numbers.append(number)
        self.forget()

    def _full_name(self, words: tuple[str, ...]) -> str:
        """The name with the section, the label and the brackets that it stands in."""
        outer = list(self.label or self.section)
        if self.label and is_rival(self.label, words):
            outer = []
        for scope in self.scopes:
            if scope.base and not scope.took:
                outer = [scope.base]
            elif scope.words and tuple(scope.words) != words and not is_plain(scope.words):
                outer = [] if split_counter(scope.words)[0] else [*outer, *scope.words]
        return " ".join((*outer, *words))
