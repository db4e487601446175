"""Requests to the API, over urllib."""
from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Iterator, Mapping, Optional

from . import __version__
from .problem import Problem, problem_of

Query = Mapping[str, Any]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The API redirects nothing, and urllib would send the key on to wherever it is sent."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Http:
    """The API at one address. Environment proxies are not used, as by the command line."""

    def __init__(self, url: str, key: Optional[str], timeout: float, patience: float) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        self._patience = patience
        self._headers = {"user-agent": f"elucidate-python/{__version__}", **({"authorization": f"Bearer {key}"} if key else {})}
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects())

    def open(self, method: str, path: str, *, query: Optional[Query] = None, body: Optional[bytes] = None, headers: Optional[Mapping[str, str]] = None, timeout: Optional[float] = None) -> Any:
        """The response, to be read and closed. An answer that says when to come back (429, 503) is waited for, up to `patience` seconds in all.

        Raises Problem.
        """
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = self.url + path + (f"?{urllib.parse.urlencode(asked, doseq=True)}" if asked else "")
        request = urllib.request.Request(target, data=body, method=method, headers={**self._headers, **(headers or {})})
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self._opener.open(request, timeout=timeout or self._timeout)
            except urllib.error.HTTPError as answer:
                with answer:
                    problem = problem_of(answer.code, answer.read(), self.url)
                later = seconds(answer.headers.get("retry-after")) if answer.code in (429, 503) else None
                if later is None or time.monotonic() + later > deadline:
                    raise problem from None
                time.sleep(later)
            except (OSError, http.client.HTTPException) as error:
                raise unreachable(self.url, error) from error

    def read(self, method: str, path: str, **more: Any) -> bytes:
        """The whole body. Raises Problem, also for a connection that is lost before its end."""
        with self.open(method, path, **more) as response:
            return self._received(response)

    def pieces(self, path: str) -> Iterator[bytes]:
        """A body in pieces of at most 1 MiB. Raises Problem."""
        with self.open("GET", path) as response:
            while piece := self._received(response, 1 << 20):
                yield piece

    def _received(self, response: Any, *size: int) -> bytes:
        try:
            return response.read(*size)
        except (OSError, http.client.HTTPException) as error:
            raise unreachable(self.url, error) from error


def unreachable(url: str, error: BaseException) -> Problem:
    reason = getattr(error, "reason", None) or error
    return Problem("api.unreachable", f"No elucidate API answers at {url} ({reason}); start one with `elucidate api`, or name another with Client(url) or ELUCIDATE_API", status=503)


def seconds(header: Optional[str]) -> Optional[float]:
    """Retry-After in seconds; None if absent, or a date."""
    return float(header) if header is not None and header.isdigit() else None
