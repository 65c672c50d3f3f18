"""Addresses and headers of a webhook, checked before the training begins; both carry secrets that no message shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gandoctor.errors import BadOption

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def checked_address(url: str) -> str:
    """The address itself; BadOption for what is no plain http or https address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except (ValueError, AttributeError):
        parts, host = None, None
    if parts is None or parts.scheme not in ("http", "https") or not host:
        raise BadOption("the webhook's address must be a whole one that begins with https:// or http://")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadOption(f"the webhook's address at {host} holds a space or a character that no address can hold")
    if parts.username is not None or parts.password is not None:
        raise BadOption(f"the webhook's address at {host} holds a name or password: give them in headers=")
    return url


def shown(url: str) -> str:
    """What may be shown of a checked address: its scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def place_of(url: str) -> str:
    """What messages call the webhook at a checked address: by its host, and by a number behind the first one there."""
    known = _KNOWN.setdefault(shown(url), [])
    if hash(url) not in known:
        known.append(hash(url))
    number = known.index(hash(url)) + 1
    return f"the webhook at {shown(url)}" if number == 1 else f"webhook {number} at {shown(url)}"


_KNOWN: dict[str, list[int]] = {}
"""What may be shown of addresses -> the hashes of the whole ones, in the order in which they were first used."""


def checked_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers themselves; BadOption, which names no value, where one cannot be sent."""
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise BadOption(f"headers: {name!r:.40} is no name of a header")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable():
            raise BadOption(f"headers: the value of {name} must be a text of one line in ASCII")
    return dict(headers or {})
