"""One POST to a webhook, repeated a few times; no redirect is followed and no scheme but http and https is known."""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import INTERNAL_SERVER_ERROR, HTTPException, responses
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PAUSES = (1.0, 4.0)
"""Seconds before the second and the third try."""

_PASSING = (408, 425, 429)
"""Answers below 500 after which another try can succeed."""


class NotDelivered(Exception):
    """A webhook did not take a message; the text says why and holds nothing of the address or the headers."""


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """A message: where to, what, and the headers."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def post(letter: Letter, timeout: float) -> None:
    """Deliver the letter; NotDelivered when it was refused, or after the last try.

    `timeout` bounds, in seconds, each wait for the network.
    """
    for pause in (*PAUSES, None):
        why, passing = _try(letter, timeout)
        if not why:
            return
        if pause is None or not passing:
            raise NotDelivered(why)
        time.sleep(pause)


def _try(letter: Letter, timeout: float) -> tuple[str, bool]:
    """Why the letter was not delivered, "" where it was, and whether that may pass."""
    request = Request(letter.url, letter.body, dict(letter.headers), method="POST")  # noqa: S310 - `Webhook` checks it
    try:
        _OPENER.open(request, timeout=timeout).close()
    except HTTPError as error:
        error.close()
        return _answer(error.code), error.code >= INTERNAL_SERVER_ERROR or error.code in _PASSING
    except (OSError, HTTPException) as error:
        return _trouble(error, timeout), True
    return "", False


def _answer(code: int) -> str:
    phrase = responses.get(code, "")
    moved = "; redirects are not followed, give the final address" if code // 100 == 3 else ""
    return f"it answered {code} {phrase}".rstrip() + moved


def _trouble(error: Exception, timeout: float) -> str:
    """What went wrong on the way, in words of the system or none: those of a library may hold the address."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"no answer within {timeout:.3g} s"
    if isinstance(cause, OSError) and cause.strerror:
        return f"{type(cause).__name__}: {cause.strerror}"
    return type(cause).__name__


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), HTTPErrorProcessor(), HTTPDefaultErrorHandler()):
        opener.add_handler(handler)
    return opener


_OPENER = _opener()
