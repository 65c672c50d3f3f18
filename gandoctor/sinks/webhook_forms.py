"""What a webhook is sent: plain JSON, or the shape that a chat or a push service expects."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import gandoctor

if TYPE_CHECKING:
    from collections.abc import Callable

    from gandoctor.model import Severity
    from gandoctor.sinks.message import Alert

    Letter = tuple[bytes, dict[str, str]]

_JSON = {"Content-Type": "application/json"}
_LONGEST = 1900
"""Characters; Discord takes 2000."""
_PRIORITY: dict[Severity, str] = {"info": "low", "warning": "default", "error": "high"}


def form_of(url: str) -> str:
    """The name of the form that the service at this address expects."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host == "hooks.slack.com":
        return "slack"
    if host in ("discord.com", "discordapp.com") and parts.path.startswith("/api/webhooks/"):
        return "slack" if parts.path.endswith("/slack") else "discord"
    return "ntfy" if host == "ntfy.sh" else "json"


def plain(alert: Alert, run: str) -> Letter:
    """Everything that is known of the failure, as JSON."""
    finding = alert.finding
    found: dict[str, Any] = {
        "source": "gandoctor",
        "version": gandoctor.__version__,
        "run": run,
        "rule": finding.rule,
        "pattern": finding.pattern,
        "pair": finding.pair,
        "title": alert.title,
        "severity": finding.severity,
        "verdict": finding.verdict,
        "since": _number(finding.since),
        "fired": _number(finding.fired),
        "confidence": _number(finding.confidence),
        "evidence": finding.evidence,
        "text": _told(alert, run),
    }
    return _json(found)


def slack(alert: Alert, run: str) -> Letter:
    """A message of Slack, which Mattermost and Rocket.Chat take too; nothing in it can call on people."""
    text = _told(alert, run)
    for character, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, escape)
    return _json({"text": text})


def discord(alert: Alert, run: str) -> Letter:
    """A message of Discord; nothing in it can call on people."""
    return _json({"content": _told(alert, run), "allowed_mentions": {"parse": []}})


def ntfy(alert: Alert, run: str) -> Letter:
    """A message of ntfy: the text is the body, the rest are headers."""
    title = f"{run}: {alert.title}" if run else alert.title
    header = title.encode("ascii", "replace").decode()
    return alert.text.encode(), {"Title": header, "Priority": _PRIORITY[alert.finding.severity], "Tags": "gandoctor"}


FORMS: dict[str, Callable[[Alert, str], Letter]] = {"json": plain, "slack": slack, "discord": discord, "ntfy": ntfy}


def _told(alert: Alert, run: str) -> str:
    text = f"{f'{run}: ' if run else ''}{alert.title}. {alert.text}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _json(content: dict[str, Any]) -> Letter:
    return json.dumps(content).encode(), dict(_JSON)
