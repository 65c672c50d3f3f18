"""Templates filled in: everything is escaped, and the page names by its hash each script and style that it may use."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Environment
    from markupsafe import Markup

_CODE = re.compile(r"`([^`]+)`")
_PERCENT = re.compile(r"(?<=\d) (?=%)")


def page(template: str, scripts: Sequence[str], **values: Any) -> str:
    """Return a whole document: `values` fill in the template, with the style sheet of every page and these scripts."""
    style, script = source("page.css"), "".join(map(source, scripts))
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src {_hash(style)}; script-src {_hash(script)}"
    )
    return _filled(template, style=style, script=script, policy=policy, **values)


def part(template: str, **values: Any) -> str:
    """Return a part of a page for another page: with its style sheet, without a script.

    Its ids begin with a hash of its text, so that several parts on one page do not share any.
    """
    plain = _filled(template, style=source("page.css"), prefix="", **values)
    prefix = f"gd-{hashlib.sha256(plain.encode()).hexdigest()[:8]}-"
    return _filled(template, style=source("page.css"), prefix=prefix, **values)


def source(name: str) -> str:
    """Read a style sheet or script that ships beside the templates."""
    return files("gandoctor.report.html").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source expression for an inline element with that text (Content Security Policy 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _filled(template: str, **values: Any) -> str:
    from markupsafe import Markup

    from gandoctor import __version__

    for name in ("style", "script", "data"):
        if name in values:
            values[name] = Markup(values[name])  # noqa: S704 - our own files, and numbers without a letter of the log
    return _environment().get_template(template).render(version=__version__, **values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("gandoctor.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["prose"] = prose
    return made


def prose(text: str) -> Markup:
    """Return the text escaped, with what stands between backticks as code; a percent sign stays with its number."""
    from markupsafe import Markup

    return Markup(_CODE.sub(r"<code>\1</code>", _PERCENT.sub("&nbsp;", escape(text))))  # noqa: S704 - escaped first
