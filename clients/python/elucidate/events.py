"""Server-sent events, with reconnection."""
from __future__ import annotations

import http.client
import json
import time
from typing import Dict, Iterable, Iterator, Optional, Union

from .answers import Event
from .http import Http
from .problem import Problem

SILENCE = 45.0
"""Seconds without a byte after which a connection counts as lost: the API sends a comment every 15."""


class Connected:
    """The stream is connected, and every event after this moment will come."""


class TimeIsUp(Exception):
    pass


def blocks(lines: Iterable[bytes]) -> Iterator[Dict[str, str]]:
    """The fields of each block, by name; a comment is a block of its own, with the field ""."""
    fields: Dict[str, str] = {}
    for line in lines:
        text = line.decode("utf-8").rstrip("\r\n")
        if text.startswith(":"):
            yield {"": text[1:]}
        elif text:
            name, _, value = text.partition(":")
            fields[name] = value[1:] if value.startswith(" ") else value
        elif fields:
            yield fields
            fields = {}


def event_of(fields: Dict[str, str]) -> Event:
    data = json.loads(fields["data"])
    return Event(id=int(fields["id"]), type=fields.get("event", "message"), at=data["at"], sweep_id=data["sweepId"], data=data["data"])


def follow(api: Http, path: str, after: Union[int, str], deadline: Optional[float] = None) -> Iterator[Union[Event, Connected]]:
    """Events after an id, or from "now" on, each once and in order, without end. A connection that is lost is made again, and goes on after the last event.

    The first connection has to succeed. Raises Problem for what reconnecting cannot help, TimeIsUp at the deadline (of time.monotonic).
    """
    last: Optional[int] = None if after == "now" else int(after)
    pause, ever = 1.0, False
    while True:
        left = SILENCE if deadline is None else min(SILENCE, deadline - time.monotonic())
        if left <= 0:
            raise TimeIsUp
        try:
            headers = {} if last is None else {"last-event-id": str(last)}
            with api.open("GET", path, query={"after": after}, headers=headers, timeout=left) as response:
                if last is not None:
                    yield Connected()
                ever = True
                for fields in blocks(response):
                    pause = 1.0
                    if deadline is not None and time.monotonic() >= deadline:
                        raise TimeIsUp
                    if "id" in fields:
                        last = int(fields["id"])
                        yield event_of(fields) if "data" in fields else Connected()
        except Problem as problem:
            if not (ever and problem.passing):
                raise
        except (OSError, http.client.HTTPException):
            pass
        rest(pause, deadline)
        pause = min(2 * pause, 15.0)


def rest(seconds: float, deadline: Optional[float]) -> None:
    time.sleep(seconds if deadline is None else max(0.0, min(seconds, deadline - time.monotonic())))
