"""The one exception of the client."""
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple


@dataclass(frozen=True)
class Finding:
    """One mistake in what was sent."""

    path: str
    """Where it is, such as `parameters.schedule.values[1].kind`; "" is the whole document."""
    value: str
    """What was found there, as abbreviated JSON."""
    expected: str
    nearest: Optional[str] = None
    """The nearest valid word, if one is close."""
    line: Optional[int] = None
    """The line of the text that was sent, from 1."""


class Problem(Exception):
    """What the API answered instead of a result: an RFC 9457 problem document. Its text is the API's own, with the remedy.

    `code` is stable and is what to branch on (docs/api.md lists the codes): `spec.invalid`, `not_found`, `sweep.ended` ...
    Where no API answers, or one that is no API of elucidate, it is `api.unreachable`.
    """

    def __init__(self, code: str, detail: str, *, status: int, title: str = "", problems: Tuple[Finding, ...] = (), error_id: Optional[str] = None) -> None:
        super().__init__(detail)
        self.type = f"urn:elucidate:problem:{code}"
        self.code = code
        self.title = title
        self.status = status
        """Of HTTP; 503 where nothing answers."""
        self.detail = detail
        self.problems = problems
        """Everything that is wrong with what was sent, with its path."""
        self.error_id = error_id
        """Under which the server's log has the cause of an internal error."""

    @property
    def passing(self) -> bool:
        """Whether the API is only away or busy."""
        return self.code == "api.unreachable" or self.status in (429, 503)


def problem_of(status: int, body: bytes, url: str) -> Problem:
    """The problem that an error response describes; of a body that is none, such as a proxy's page, the address and the status."""
    try:
        document: Any = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, Mapping) or "detail" not in document:
        code = "not_found" if status == 404 else "request.invalid" if status < 500 else "api.unreachable"
        return Problem(code, f"{url} responded with status {status}", status=status)
    names = ("path", "value", "expected", "nearest", "line")
    findings = tuple(Finding(**{name: finding[name] for name in names if name in finding}) for finding in document.get("problems", ()))
    return Problem(document.get("code", "internal"), document["detail"], status=status, title=document.get("title", ""), problems=findings, error_id=document.get("errorId"))
