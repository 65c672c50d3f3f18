"""Alerts for a webhook: a chat, a phone, a program of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gandoctor
from gandoctor.errors import BadOption
from gandoctor.report.words import clean
from gandoctor.sinks.address import checked_address, checked_headers, place_of
from gandoctor.sinks.post import Letter, NotDelivered, post
from gandoctor.sinks.sink import Sink
from gandoctor.sinks.webhook_forms import FORMS, form_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gandoctor.model import Severity
    from gandoctor.sinks.message import Alert


class Webhook(Sink):
    """Posts alerts to an address, three times at most, a second and then four apart.

    `form` is "json", or the shape that "slack", "discord" or "ntfy" expect; None for the one that the address speaks
    for. `name` says in a message which training it is about. `timeout`, in seconds, bounds each wait for the network.
    The address and the values of `headers` are kept out of every message: several webhooks at one host are numbered
    there, in the order of their building. BadOption for one that cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        level: Severity = "error",
        headers: Mapping[str, str] | None = None,
        form: str | None = None,
        name: str = "",
        timeout: float = 10.0,
    ) -> None:
        self._url, self._headers = checked_address(url), checked_headers(headers)
        if form is not None and form not in FORMS:
            raise BadOption(f"form={form!r:.40} is none of {', '.join(FORMS)}")
        if not timeout > 0:
            raise BadOption(f"timeout={timeout!r:.40}: give a number of seconds above 0")
        super().__init__(place_of(url), level)
        self._form, self._name, self._timeout = FORMS[form or form_of(url)], clean(name), timeout

    def _tell(self, alert: Alert, to: Any) -> None:  # noqa: ARG002 - there is one address
        body, headers = self._form(alert, self._name)
        own = {"User-Agent": f"gandoctor/{gandoctor.__version__}"}
        post(Letter(self._url, body, {**own, **headers, **self._headers}), self._timeout)

    def _reason(self, error: BaseException) -> str:
        return str(error) if isinstance(error, NotDelivered) else type(error).__name__
