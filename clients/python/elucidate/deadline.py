"""Reading that ends at a deadline, whatever hangs."""
from __future__ import annotations

import queue
import threading
import time
from typing import Any, Iterator, Optional, Tuple, TypeVar

from .events import TimeIsUp

T = TypeVar("T")


def within(items: Iterator[T], deadline: Optional[float]) -> Iterator[T]:
    """The items, read in a thread of their own: a connection on which nothing more comes, or a name that is not resolved, cannot hold up the caller.

    Raises TimeIsUp at the deadline (of time.monotonic); without one, reads here. Once the caller has left, the thread reads one more item at most.
    """
    if deadline is None:
        yield from items
        return
    read: "queue.SimpleQueue[Tuple[Any, Optional[BaseException]]]" = queue.SimpleQueue()
    left = threading.Event()

    def reading() -> None:
        try:
            for item in items:
                if left.is_set():
                    return
                read.put((item, None))
            read.put((None, StopIteration()))
        except BaseException as error:  # whatever it is, it is the caller's
            read.put((None, error))

    threading.Thread(target=reading, daemon=True, name="elucidate-wait").start()
    try:
        while True:
            try:
                item, error = read.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeIsUp from None
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item
    finally:
        left.set()
