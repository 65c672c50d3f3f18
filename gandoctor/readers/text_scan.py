"""Walks the tokens of one line once and attaches each number to the name at its left: the grammar of log lines.

A name is the run of words since the last separator. A bracket after a name belongs to it ("[D loss: (m)(R r, F f)]"),
a label before a name does too ("D: loss 0.5"), numbers that follow a number are a list ("a / b", "[a, b]").
"""

from __future__ import annotations

from collections.abc import Sequence

from gandoctor.readers.text_shape import Number, Scope
from gandoctor.readers.text_tokens import Cut, Token, lex
from gandoctor.readers.text_words import (
    LOG_LEVELS,
    NULLS,
    counter_kind,
    is_plain,
    is_rival,
    is_unit,
    names_network,
    speaks,
    split_counter,
)

_END = Token("end", "", near=False)
_BAR = tuple("%█▉▊▋▌▍▎▏━╸╺▓▒░■")


class Scanner:
    """The state of the walk; `numbers` is the result, with literals and the name left waiting at the end."""

    def __init__(self, line: Cut) -> None:
        self.tokens = lex(line)
        self.texts = line.numbers
        self.numbers: list[Number] = []
        self.literals: list[tuple[int, str]] = []
        self.at = 0
        self.scopes: list[Scope] = []
        self.opened = 0
        self.words: list[str] = []
        self.assigned = False
        self.restored = False
        self.label: tuple[str, ...] = ()
        self.section: tuple[str, ...] = ()
        self.alternatives: tuple[str, ...] = ()
        self.base = ""
        self.places: dict[str, int] = {}
        self.waiting: tuple[str, ...] = ()
        self.marked = False
        self.spoken = False

    def run(self) -> Scanner:
        """Walks the whole line."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            getattr(self, "_on_" + token.kind)(token)
        return self

    @property
    def trailing(self) -> str:
        """The name at the end of the line that waits for a number: "D loss:", or a lone "epoch"."""
        words = tuple(self.words)
        lone = len(self.tokens) == 1 and len(words) == 1 and counter_kind(words[0])
        return " ".join(words) if words and (self.assigned or lone) and len(words) <= 6 else ""

    def peek(self, ahead: int = 0) -> Token:
        """The token to come."""
        position = self.at + ahead
        return self.tokens[position] if position < len(self.tokens) else _END

    # --- words and separators ------------------------------------------------------------------------------------

    def _on_word(self, token: Token) -> None:
        word = token.text
        if self.assigned and self.words and word.lower() in NULLS:
            self._forget()
            return
        if word.lower() in LOG_LEVELS and not self.numbers and not self.words:
            return
        if self.assigned and self.words:
            self._become_label()
        if self.restored:
            self.words, self.restored = [], False
        self.words.append(word)
        self.spoken = True

    def _become_label(self) -> None:
        """What stood before ":" turned out to be no name of a number: "D: loss 0.5", "Train: D loss 0.5"."""
        words = tuple(self.words)
        pieces = [word for word in words if "/" in word and "(" not in word]
        if pieces:
            self.alternatives = words
        self.label = words if names_network(words) and not pieces else ()
        self.words, self.assigned = [], False

    def _on_assign(self, token: Token) -> None:
        self.assigned = bool(self.words)
        self.restored = False

    def _on_comma(self, token: Token) -> None:
        if self.words:
            self._forget()

    def _on_quote(self, token: Token) -> None:
        """Quotes mean nothing."""

    def _on_slash(self, token: Token) -> None:
        if self.words and self.peek().kind == "number" and self.peek().near and token.near:
            number = self.peek()
            self.words[-1] += "/" + number.text
            self.literals.append((number.slot, number.text))
            self.at += 1

    def _on_percent(self, token: Token) -> None:
        """A percent sign without a number."""

    def _on_mark(self, token: Token) -> None:
        self.marked = token.text == ">" or not self.numbers
        self._on_stop(token)
        if token.text == "#" and self.words:
            self.marked = False

    def _on_dash(self, token: Token) -> None:
        if self.words and not self.assigned and self.peek().kind == "number" and not self.peek().near:
            self.assigned = True
            return
        if self.words and not self.assigned and names_network(self.words):
            self.label = tuple(self.words)
        self._on_stop(token)

    def _on_bar(self, token: Token) -> None:
        self.label, self.base = (), ""
        if not (self.words and self.peek().kind == "number"):
            self._forget()

    def _on_stop(self, token: Token) -> None:
        if token.text != "#":
            self._forget()
        self.base = ""

    def _on_skip(self, token: Token) -> None:
        """A date, a time, a size: what was named has had its value."""
        self._forget()
        self.base = ""
        if self.scopes:
            self.scopes[-1].numbers += 1

    def _forget(self) -> None:
        self.words, self.assigned, self.restored = [], False, False

    # --- brackets ------------------------------------------------------------------------------------------------

    def _on_open(self, token: Token) -> None:
        self.opened += 1
        self.base = self.base if token.text in "({" and not self.words else ""
        self.scopes.append(Scope(self.opened, token.text, self.words, self.base, assigned=self.assigned))
        self._forget()

    def _on_close(self, token: Token) -> None:
        if not self.scopes:
            self._forget()
            return
        scope = self.scopes.pop()
        inside = tuple(self.words)
        self._forget()
        if not scope.numbers:
            self._close_text(scope, inside)
        elif scope.took:
            self.base = scope.base
        else:
            self.base = ""
            self.words = scope.words
            self.restored = bool(self.words)

    def _close_text(self, scope: Scope, inside: tuple[str, ...]) -> None:
        """A bracket without a number: part of a name ("Loss (real)"), or a section ("[D] real 0.5 fake 0.3")."""
        if scope.words:
            close = {"[": "]", "{": "}"}.get(scope.bracket, ")")
            self.words = [*scope.words, f"{scope.bracket}{' '.join(inside)}{close}"] if inside else scope.words
            self.assigned = scope.assigned and not inside
        elif scope.bracket == "[":
            self.section = inside if inside and names_network(inside) else ()
        self.base = "" if not scope.words else self.base

    # --- numbers -------------------------------------------------------------------------------------------------

    def _on_number(self, token: Token) -> None:
        if self._is_literal(token):
            return
        chain = self._chain(token)
        if self._is_measure(chain):
            self._on_skip(token)
            return
        percent = self._percent()
        if percent and self._is_progress():
            self._on_skip(token)
        elif len(chain) == 2 and self._is_share(chain):
            self._add_share(chain)
        else:
            self._add_chain(chain, "%" if percent else "")
        self.marked = False

    def _is_literal(self, token: Token) -> bool:
        """Whether the number is part of a name: "D loss 1: 0.5", "t(100): 0.5", "loss[0]: 0.5"."""
        following = self.peek()
        if following.kind == "close" and self.scopes and self.scopes[-1].words and not self.scopes[-1].numbers:
            return self._is_index(token)
        if not (self.words and following.kind == "assign" and self.texts[token.slot]):
            return False
        if split_counter(self.words)[0] or self.assigned or not token.text.isdigit():
            return False
        if self.peek(1).kind not in ("number", "open"):
            return False
        self.words.append(token.text)
        self.literals.append((token.slot, token.text))
        return True

    def _is_index(self, token: Token) -> bool:
        scope = self.scopes[-1]
        if self.tokens[self.at - 2].kind != "open" or not self.tokens[self.at - 2].near or not token.text.isdigit():
            return False
        if self.peek(1).kind != "assign" or self.peek(2).kind not in ("number", "open"):
            return False
        if scope.assigned or split_counter(scope.words)[0]:
            return False
        self.scopes.pop()
        self.words = [*scope.words[:-1], f"{scope.words[-1]}{scope.bracket}{token.text}{self.peek().text}"]
        self.literals.append((token.slot, token.text))
        self.at += 1
        return True

    def _chain(self, token: Token) -> list[Token]:
        """The numbers that slashes join to this one, itself first."""
        chain = [token]
        while self.peek().kind == "slash" and self.peek(1).kind == "number":
            chain.append(self.peek(1))
            self.at += 2
        return chain

    def _is_measure(self, chain: Sequence[Token]) -> bool:
        """Whether a unit follows, or words that say what was counted ("10000 generated images")."""
        following = self.peek()
        if following.text.startswith("°"):
            self.at += 1
            return True
        if following.kind != "word":
            return False
        unit = following.near or (is_unit(following.text) and self.peek(1).kind != "assign")
        if unit:
            self.at += 1
            return True
        counted = self.scopes and not self.words and self.scopes[-1].bracket == "("
        ahead = 0
        while counted and self.peek(ahead).kind == "word":
            ahead += 1
        return bool(counted and self.peek(ahead).kind in ("close", "comma"))

    def _percent(self) -> bool:
        if self.peek().kind != "percent":
            return False
        self.at += 1
        return True

    def _is_progress(self) -> bool:
        """Whether a percentage says how far the run is: no name, or a bar that touches the sign."""
        bar = self.peek().kind == "bar" and self.peek().near
        return bar or not (self.words or self._scope_words() or self.base)

    def _is_share(self, chain: Sequence[Token]) -> bool:
        """Whether "a/b" is a count of a total, as in "Epoch 3/100"."""
        first, second = (token.text for token in chain)
        if not (first.isdigit() and second.isdigit()) or int(first) > int(second):
            return False
        words = self.words or self._scope_words()
        return bool(split_counter(words)[0]) or not speaks(words)

    def _add_share(self, chain: Sequence[Token]) -> None:
        words = self.words or self._scope_words()
        name = split_counter(words)[0]
        number = Number(chain[0].slot, "counter", name, total=chain[1].slot, marked=self.marked)
        number.bar = self._is_bar(chain)
        self._add(number)
        self.base = ""

    def _is_bar(self, chain: Sequence[Token]) -> bool:
        """Whether the count belongs to a progress bar: a bar before it, a bar or a time after it."""
        first = self.at - 2 * len(chain) + 1
        following, then = self.peek(), self.peek(1)
        if following.kind == "open" and (then.kind == "skip" or then.text[:1] in ("=", ">", ".", "#", "-")):
            return True
        before = "".join(token.text for token in self.tokens[max(0, first - 3) : first])
        return any(mark in before for mark in _BAR) or following.text[:1] in _BAR

    def _scope_words(self) -> list[str]:
        """The name before the bracket, while it has had no number."""
        scope = self.scopes[-1] if self.scopes else None
        return scope.words if scope and not scope.numbers else []

    def _add_chain(self, chain: Sequence[Token], suffix: str) -> None:
        """Numbers joined by slashes: named by a name of as many parts, or a list of one name."""
        names = self._split_names(len(chain)) if len(chain) > 1 else []
        if names:
            for token, name in zip(chain, names, strict=True):
                self._add(Number(token.slot, "metric", name))
            self.base = ""
            return
        for position, token in enumerate(chain):
            self._add_one(token, suffix, joined=position > 0)

    def _split_names(self, count: int) -> list[str]:
        """"D/G loss" for two numbers -> ["D loss", "G loss"]; [] where no name has that many parts."""
        own = tuple(self.words or self._scope_words())
        for words, rest in ((own, ()), (self.alternatives, own)):
            for position, word in enumerate(words):
                parts = word.split("/")
                if len(parts) == count and all(part.count("(") == part.count(")") for part in parts):
                    before, after = words[:position], words[position + 1 :]
                    return [" ".join((*self.section, *before, part, *after, *rest)) for part in parts]
        return []

    def _add_one(self, token: Token, suffix: str, *, joined: bool = False) -> None:
        words = () if joined else tuple(self.words)
        if not words and not joined and self._scope_words():
            words = tuple(self._scope_words())
            self.scopes[-1].took = True
        counter, left = split_counter(words) if words else ("", ())
        if counter:
            self._add(Number(token.slot, "counter", counter))
            self.waiting, self.base = left, ""
        elif words:
            self._add_named(token, self._full_name(words) + suffix)
        elif self.base or (self.scopes and self.scopes[-1].base and not self.scopes[-1].numbers):
            self._add_element(token)
        elif self.waiting and self.tokens[self.at - 2].kind == "assign":
            self._add_named(token, " ".join(self.waiting) + suffix)
        else:
            self._add_unnamed(token)

    def _add_named(self, token: Token, name: str) -> None:
        self.waiting = ()
        self._add(Number(token.slot, "metric", name, base=name))
        self.base = name
        self.places[name] = 0
        if self.scopes and self.scopes[-1].took and not self.scopes[-1].base:
            self.scopes[-1].base = name

    def _add_element(self, token: Token) -> None:
        """The next element of a list."""
        base = self.base or self.scopes[-1].base
        if self.scopes and self.scopes[-1].base == base:
            self.scopes[-1].took = True
        self.places[base] = self.places.get(base, 0) + 1
        number = Number(token.slot, "metric", f"{base}[{self.places[base]}]", base=base, place=self.places[base])
        number.listed = self.tokens[self.at - 2].kind in ("comma", "number")
        self._add(number)
        self.base = base

    def _add_unnamed(self, token: Token) -> None:
        """A number without a name: a counter by its place at the start or in a bracket, else a value."""
        metric = any(number.role == "metric" for number in self.numbers)
        placed = self._in_counter_bracket() if self.scopes else not self.spoken
        counter = token.text.isdigit() and (self.marked or (placed and not metric))
        self._add(Number(token.slot, "counter" if counter else "value", marked=self.marked))

    def _in_counter_bracket(self) -> bool:
        """Whether the bracket can hold counters: "[3]", "(3, 100)", but not the "(0)" of a list of modules."""
        scope = self.scopes[-1]
        return scope.bracket == "[" or scope.numbers > 0 or self.peek().kind == "comma"

    def _add(self, number: Number) -> None:
        if self.scopes:
            number.scope = self.scopes[-1].number
            if self.words == [] and self._scope_words() and number.name:
                self.scopes[-1].took = True
            self.scopes[-1].numbers += 1
        self.numbers.append(number)
        self._forget()

    def _full_name(self, words: tuple[str, ...]) -> str:
        """The name with the section, the label and the brackets that it stands in."""
        outer: list[str] = [*self.label] if self.label else [*self.section]
        for scope in self.scopes:
            if scope.base and not scope.took:
                outer = [scope.base]
            elif scope.words and tuple(scope.words) != words and not is_plain(scope.words):
                outer = [] if split_counter(scope.words)[0] else [*outer, *scope.words]
        if self.label and outer[: len(self.label)] == list(self.label) and is_rival(self.label, words):
            outer = outer[len(self.label) :]
        return " ".join((*outer, *words))

