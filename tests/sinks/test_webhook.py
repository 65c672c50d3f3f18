"""The webhook, against real servers: what it sends, and what becomes of those that fail, stall or send it elsewhere."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from sink_material import finding, train

from gandoctor import Recorder
from gandoctor.errors import BadOption
from gandoctor.sinks import Webhook, post
from gandoctor.sinks.webhook_forms import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gandoctor.model import Severity


@dataclass
class Server:
    """A server in a thread. It gives its `answers` in turn, the last one for ever; a float waits so many seconds."""

    url: str = ""
    answers: list[int | float] = field(default_factory=lambda: [204])
    location: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    leave: threading.Event = field(default_factory=threading.Event)

    @property
    def messages(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.got.append((f"{handler.command} {handler.path}", dict(handler.headers), body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, float):
            self.leave.wait(answer)
            answer = 204
        handler.send_response(answer)
        if self.location:
            handler.send_header("Location", self.location)
        handler.end_headers()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(post, "PAUSES", (0.01, 0.01))
    monkeypatch.setenv("no_proxy", "*")
    known = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            known.answer(self)

        do_GET = do_POST  # noqa: N815 - the name is http.server's

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        known.url = f"http://127.0.0.1:{http.server_address[1]}/hook/SECRET?key=SECRET"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield known
        known.leave.set()
        http.shutdown()
        thread.join()


def test_an_alert_arrives_as_json_with_everything_that_is_known(server: Server) -> None:
    hook = Webhook(server.url, name="ring8", headers={"Authorization": "Bearer SECRET"})
    hook(finding())
    assert hook.flush()
    [(request, headers, _)], [message] = server.got, server.messages
    assert request == "POST /hook/SECRET?key=SECRET"
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"] == "Bearer SECRET"
    assert headers["User-Agent"].startswith("gandoctor/")
    assert message == {
        **message,
        "source": "gandoctor",
        "run": "ring8",
        "rule": "non-finite",
        "severity": "error",
        "verdict": "convergence_failure",
        "since": 96,
        "fired": 120,
        "confidence": 0.94,
    }
    assert message["text"].startswith("ring8: A loss is NaN or infinite. Since step 96, certain from step 120")


def test_a_number_that_is_none_is_null(server: Server) -> None:
    hook = Webhook(server.url)
    hook(finding(confidence=float("nan")))
    assert hook.flush()
    assert server.messages[0]["confidence"] is None


@pytest.mark.parametrize(("level", "told"), [("error", ["e"]), ("warning", ["w", "e"])])
def test_the_level_is_error_unless_another_is_given(level: Severity, told: list[str], server: Server) -> None:
    hook = Webhook(server.url) if level == "error" else Webhook(server.url, level=level)
    for rule, severity in (("i", "info"), ("w", "warning"), ("e", "error")):
        hook(finding(rule, severity=severity))
    assert hook.flush()
    assert [message["rule"] for message in server.messages] == told


def test_a_training_that_fails_is_told_once(server: Server) -> None:
    with Recorder(on_alert=Webhook(server.url)) as doctor:
        train(doctor, 1, 300, ill=False)
        train(doctor, 301, 900, ill=True)
    assert [message["rule"] for message in server.messages] == ["discriminator-dominance"]


TRIES: dict[str, tuple[list[int | float], int, str]] = {
    "down for a moment": ([503, 500, 204], 3, ""),
    "too many requests": ([429, 204], 2, ""),
    "down for good": ([500], 3, "it answered 500 Internal Server Error"),
    "the wrong address": ([404], 1, "it answered 404 Not Found"),
    "not allowed": ([403], 1, "it answered 403 Forbidden"),
    "a number that nobody knows": ([299], 1, ""),
    "a failure that nobody knows": ([499], 1, "it answered 499"),
    "redirected for good": ([301], 1, "it answered 301 Moved Permanently; redirects are not followed"),
    "redirected with the body": ([307], 1, "it answered 307 Temporary Redirect; redirects are not followed"),
    "silent": ([30.0], 3, "no answer within 0.2 s"),
    "silent at first": ([30.0, 204], 2, ""),
}


@pytest.mark.parametrize("case", TRIES)
def test_a_delivery_is_tried_again_where_that_can_help_and_a_failure_is_said_once(
    case: str, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers, tries, said = list(TRIES[case][0]), TRIES[case][1], TRIES[case][2]
    hook = Webhook(server.url, timeout=0.2)
    hook(finding())
    assert hook.flush(20)
    assert len(server.got) == tries
    assert said in caplog.text
    assert len(caplog.records) == bool(said)
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize("location", ["file:///etc/hostname", "http://127.0.0.1:9/x", "/elsewhere", ""])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_wherever_it_leads(code: int, location: str, server: Server) -> None:
    server.answers, server.location = [code], location
    hook = Webhook(server.url)
    hook(finding())
    assert hook.flush()
    assert len(server.got) == 1


def test_a_training_does_not_wait_for_a_server_that_stalls(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    server.answers = [30.0]
    hook = Webhook(server.url)
    doctor = Recorder(on_alert=hook)
    train(doctor, 1, 500, ill=True)
    assert doctor.diagnosis().verdict == "convergence_failure"
    assert not hook.flush(0.01)  # the alert is on its way, and the training long past it
    server.leave.set()
    doctor.close()
    assert len(server.got) == 1
    assert "SECRET" not in caplog.text


def test_a_server_that_is_not_there_is_said_without_the_address(
    caplog: pytest.LogCaptureFixture, server: Server
) -> None:
    hook = Webhook("http://127.0.0.1:9/SECRET")
    hook(finding())
    assert hook.flush()
    assert "the webhook at http://127.0.0.1:9: " in caplog.text
    assert "Connection refused" in caplog.text
    assert "SECRET" not in caplog.text


@pytest.mark.parametrize(
    "answer",
    [b"", b"\x00\xff SECRET\n\n", b"HTTP/1.1 SECRET OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: SECRET\r\n" * 300],
)
def test_a_server_that_speaks_no_http_is_said(
    answer: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "PAUSES", ())
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=speak)
        thread.start()
        hook = Webhook(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        hook(finding())
        assert hook.flush()
        thread.join()
    assert "could not be delivered" in caplog.text
    assert "SECRET" not in caplog.text


def test_what_came_before_is_delivered_when_the_server_is_back(server: Server) -> None:
    server.answers = [500, 500, 500, 204]
    hook = Webhook(server.url)
    hook(finding("a"))
    hook(finding("b"))
    assert hook.flush()
    assert [message["rule"] for message in server.messages] == ["a", "a", "a", "b"]


# --- shapes --------------------------------------------------------------------------------------------------------

HOSTILE = "NaN since <!channel> @everyone & <b>"


def sent(server: Server, form: str) -> tuple[dict[str, str], bytes]:
    hook = Webhook(server.url, form=form, name="ring8")
    hook(finding(evidence=HOSTILE, title="Fréchet"))
    assert hook.flush()
    [(_, headers, body)] = server.got
    return headers, body


def test_slack_gets_a_text_in_which_nothing_calls_on_people(server: Server) -> None:
    _, body = sent(server, "slack")
    message = json.loads(body)
    assert list(message) == ["text"]
    assert message["text"].startswith("ring8: Fréchet. Since step 96")
    assert "NaN since &lt;!channel&gt; @everyone &amp; &lt;b&gt;" in message["text"]


def test_discord_gets_content_in_which_nothing_calls_on_people(server: Server) -> None:
    _, body = sent(server, "discord")
    message = json.loads(body)
    assert HOSTILE in message["content"]
    assert message["allowed_mentions"] == {"parse": []}


def test_ntfy_gets_the_text_and_the_rest_as_headers(server: Server) -> None:
    headers, body = sent(server, "ntfy")
    assert body.decode().startswith("Since step 96")
    assert (headers["Title"], headers["Priority"], headers["Tags"]) == ("ring8: Fr?chet", "high", "gandoctor")


def test_a_text_fits_into_a_message_of_discord(server: Server) -> None:
    hook = Webhook(server.url, form="discord")
    hook(finding(evidence="x" * 10000))
    assert hook.flush()
    assert len(server.messages[0]["content"]) <= 2000


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", "slack"),
        ("https://discord.com/api/webhooks/1/x", "discord"),
        ("https://discord.com/api/webhooks/1/x/slack", "slack"),
        ("https://discordapp.com/api/webhooks/1/x", "discord"),
        ("https://discord.com/other", "json"),
        ("https://ntfy.sh/my-topic", "ntfy"),
        ("https://hooks.slack.com.example.com/services/x", "json"),
        ("https://example.com/hooks.slack.com", "json"),
    ],
)
def test_the_address_says_which_shape_is_expected(url: str, form: str) -> None:
    assert form_of(url) == form


# --- refused before the training -----------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a file": ({"url": "file:///etc/SECRET"}, "begins with https:// or http://"),
    "ftp": ({"url": "ftp://example.com/SECRET"}, "begins with https:// or http://"),
    "no scheme": ({"url": "hooks.slack.com/SECRET"}, "begins with https:// or http://"),
    "no host": ({"url": "https:///SECRET"}, "begins with https:// or http://"),
    "nothing": ({"url": ""}, "begins with https:// or http://"),
    "no text": ({"url": None}, "begins with https:// or http://"),
    "a port that is none": ({"url": "https://example.com:SECRET/x"}, "begins with https:// or http://"),
    "a line break": ({"url": "https://example.com/SECRET\r\nX: y"}, "holds a space or a character"),
    "a space": ({"url": "https://example.com/SECRET x"}, "holds a space or a character"),
    "a letter": ({"url": "https://example.com/SECRET/é"}, "holds a space or a character"),
    "a password": ({"url": "https://me:SECRET@example.com/x"}, "give them in headers="),
    "a header with a line break": ({"headers": {"X-Key": "SECRET\r\nY: z"}}, "the value of X-Key"),
    "a header that is bytes": ({"headers": {"X-Key": b"SECRET"}}, "the value of X-Key"),
    "a name of a header with a colon": ({"headers": {"X:": "SECRET"}}, "'X:' is no name of a header"),
    "a form that is none": ({"form": "carrier pigeon"}, "'carrier pigeon' is none of json, slack, discord, ntfy"),
    "no time": ({"timeout": 0}, "a number of seconds above 0"),
    "a level that is none": ({"level": "fatal"}, "is none of info, warning, error"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_use_is_refused_and_no_secret_shown(case: str) -> None:
    given, said = REFUSED[case]
    with pytest.raises(BadOption, match=said) as refused:
        Webhook(**{"url": "https://example.com/SECRET", **given})
    assert "SECRET" not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_a_hook_does_not_show_its_address() -> None:
    assert "SECRET" not in repr(Webhook("https://example.com/SECRET"))
    assert "SECRET" not in repr(post.Letter("https://example.com/SECRET", b"", {}))


def test_webhooks_at_one_host_are_told_apart_without_their_addresses(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "PAUSES", ())
    monkeypatch.setenv("no_proxy", "*")
    for path in ("SECRET1", "SECRET2", "SECRET1"):
        hook = Webhook(f"http://localhost:9/{path}")
        hook(finding())
        assert hook.flush()
    said = [record.getMessage().partition(" at ")[0] for record in caplog.records]
    assert said == ["gandoctor: the webhook", "gandoctor: webhook 2", "gandoctor: the webhook"]
    assert "SECRET" not in caplog.text
