"""Pages taken apart for tests: parsed without mercy, and as a tree."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree  # only for the type; nothing from outside is parsed with it

import html5lib

if TYPE_CHECKING:
    from collections.abc import Iterator

Element = ElementTree.Element
_INSIDE = re.compile(r"(<(style|script)[^>]*>).*?(</\2>)", re.DOTALL)
_PATH = re.compile(r'( d=")[^"]+"')
_VERSION = re.compile(r'content="gandoctor [^"]+"|(?<=<p>gandoctor )[\w.]+(?=, rules)')


def parsed(html: str) -> Element:
    """The tree of a document; any error that a browser would forgive raises."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return tree


def parsed_fragment(html: str) -> Element:
    """The same for a part of a document."""
    tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html)
    return tree


def elements(tree: Element) -> Iterator[tuple[str, Element]]:
    """Every element with its name, without the namespace of SVG."""
    for one in tree.iter():
        if isinstance(one.tag, str):
            yield one.tag.rpartition("}")[2], one


def text(tree: Element) -> str:
    """What can be read, without style sheets, scripts and numbers for them."""
    parts: list[str] = []
    for name, one in elements(tree):
        if name not in ("style", "script") and one.text:
            parts.append(one.text)
        if one.tail:
            parts.append(one.tail)
    return " ".join(" ".join(parts).split())


def data(tree: Element) -> Any:
    """The numbers for the page's script."""
    scripts = (one for name, one in elements(tree) if name == "script" and one.get("type") == "application/json")
    found = next(scripts, None)
    return None if found is None else json.loads(found.text or "")


def outline(html: str) -> str:
    """The page without what is tested elsewhere: style sheet, script, numbers, paths, hashes and the version."""
    plain = _VERSION.sub("", _PATH.sub(r'\1..."', _INSIDE.sub(r"\1...\3", html)))
    return re.sub(r"sha256-[\w+/=]+", "sha256-...", plain)
