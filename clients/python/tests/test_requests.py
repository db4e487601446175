"""What the client sends, and what it makes of any answer; against a server of the test's own."""
import contextlib
import json
import socket
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from elucidate import __version__
from elucidate.answers import Event
from elucidate.client import Client, Problem
from elucidate.deadline import within
from elucidate.events import TimeIsUp, blocks, event_of

PROBLEM = {
    "type": "urn:elucidate:problem:spec.invalid", "title": "Unprocessable Entity", "status": 422, "detail": "steps is -1", "code": "spec.invalid",
    "problems": [{"path": "parameters.steps.value", "value": "-1", "expected": "1 or more", "line": 3, "new": "ignored"}],
}


@contextlib.contextmanager
def answering(*answers):
    """A server that gives the answers (status, headers, body) one after the other, the last one for ever; and the requests it got."""
    requests, left = [], list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            requests.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            status, headers, answer = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requests
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(answer, status=200):
    return status, {"content-type": "application/json"}, json.dumps(answer).encode()


PLAN = {"name": "p", "cells": 2, "trials": 4, "stages": [], "alreadyDone": 1, "estimatedSeconds": 2.5, "saving": {}}


class Requests(unittest.TestCase):
    def test_a_key_is_sent_and_without_one_nothing(self):
        with answering(as_json({})) as (url, requests):
            Client(url, "elu_x").get("/v1/workers", gone="true", kind=None)
            Client(url).get("/v1/workers")
        self.assertEqual([request[2].get("authorization") for request in requests], ["Bearer elu_x", None])
        self.assertEqual(requests[0][1], "/v1/workers?gone=true")

    def test_a_sweep_is_a_mapping_a_text_or_a_file(self):
        with answering(as_json(PLAN)) as (url, requests), TemporaryDirectory() as folder:
            file = Path(folder) / "sweep.yaml"
            file.write_text("name: p\n")
            plans = [Client(url).plan(spec) for spec in ({"name": "p"}, "name: p\nseeds: {}\n", file, str(file))]
        self.assertEqual({(plan.cells, plan.already_done, plan.estimated_seconds) for plan in plans}, {(2, 1, 2.5)})
        sent = [(headers["content-type"], body) for _, _, headers, body in requests]
        self.assertEqual(sent, [("application/json", b'{"name": "p"}'), ("application/yaml", b"name: p\nseeds: {}\n"), ("application/yaml", b"name: p\n"), ("application/yaml", b"name: p\n")])

    def test_a_problem_document_becomes_an_exception_with_everything_in_it(self):
        with answering((422, {"content-type": "application/problem+json"}, json.dumps(PROBLEM).encode())) as (url, _), self.assertRaises(Problem) as raised:
            Client(url).plan({})
        problem = raised.exception
        self.assertEqual((problem.type, problem.code, problem.title, problem.status, str(problem)), ("urn:elucidate:problem:spec.invalid", "spec.invalid", "Unprocessable Entity", 422, "steps is -1"))
        self.assertEqual([(found.path, found.value, found.expected, found.nearest, found.line) for found in problem.problems], [("parameters.steps.value", "-1", "1 or more", None, 3)])

    def test_an_answer_of_something_else_names_the_address_and_the_status(self):
        with answering((502, {"content-type": "text/html"}, b"<h1>bad gateway</h1>")) as (url, _), self.assertRaises(Problem) as raised:
            Client(url).get("/")
        self.assertEqual((raised.exception.code, str(raised.exception)), ("api.unreachable", f"{url} responded with status 502"))

    def test_where_nothing_answers_the_problem_says_what_to_do(self):
        with self.assertRaisesRegex(Problem, "http://127.0.0.1:9 .*elucidate api") as raised:
            Client("http://127.0.0.1:9").get("/")
        self.assertEqual((raised.exception.code, raised.exception.status), ("api.unreachable", 503))

    def test_a_redirection_is_not_followed_so_that_no_key_goes_elsewhere(self):
        with answering(as_json({})) as (elsewhere, leaked), answering((302, {"location": elsewhere}, b"")) as (url, _):
            with self.assertRaisesRegex(Problem, "status 302"):
                Client(url, "elu_x").get("/")
        self.assertEqual(leaked, [])

    def test_an_answer_that_says_when_to_come_back_is_waited_for_but_not_longer_than_one_has_patience(self):
        busy = (429, {"retry-after": "0"}, json.dumps({**PROBLEM, "code": "request.too_many"}).encode())
        with answering(busy, busy, as_json({"ok": True})) as (url, requests):
            self.assertEqual(Client(url).get("/"), {"ok": True})
        self.assertEqual(len(requests), 3)
        with answering((503, {"retry-after": "5"}, busy[2])) as (url, requests), self.assertRaises(Problem):
            Client(url, patience=1).get("/")
        self.assertEqual(len(requests), 1)

    def test_an_artifact_with_other_bytes_is_refused_and_leaves_no_file(self):
        with answering((200, {}, b"other")) as (url, _), TemporaryDirectory() as folder:
            with self.assertRaises(Problem) as raised:
                Client(url).download("0" * 64, Path(folder) / "weights")
            self.assertEqual(list(Path(folder).iterdir()), [])
        self.assertEqual(raised.exception.code, "artifact.corrupt")


class Streams(unittest.TestCase):
    def test_blocks_are_told_apart_as_the_standard_has_it(self):
        lines = [b"retry: 1000\n", b": hello\n", b"\n", b"id: 4\n", b"\n", b": keep-alive\n", b"\n", b"id:5\r\n", b"event: x\r\n", 'data: {"sweepId":null,"at":"now","data":{"a":" b"}}\n'.encode(), b"\n", b"id: 6\n"]
        received = list(blocks(lines))
        self.assertEqual(received[:4], [{"": " hello"}, {"retry": "1000"}, {"id": "4"}, {"": " keep-alive"}])
        self.assertEqual(event_of(received[4]), Event(5, "x", "now", None, {"a": " b"}))
        self.assertEqual(len(received), 5)


class Deadlines(unittest.TestCase):
    def test_reading_that_hangs_ends_at_the_deadline_and_what_came_before_is_there(self):
        released, seen = threading.Event(), []

        def hanging():
            yield "event"
            released.wait()
            yield "too late"

        try:
            with self.assertRaises(TimeIsUp):
                for item in within(hanging(), time.monotonic() + 0.2):
                    seen.append(item)
            # the reader still hangs: only the deadline can have ended it
            self.assertFalse(released.is_set())
        finally:
            released.set()
        self.assertIn(seen, ([], ["event"]))

    def test_without_a_deadline_and_before_it_all_comes_and_errors_are_those_of_the_reader(self):
        for deadline in (None, time.monotonic() + 1000):
            self.assertEqual(list(within(iter([1, 2, 3]), deadline)), [1, 2, 3])
            with self.assertRaises(ZeroDivisionError):
                list(within((1 // zero for zero in (0,)), deadline))

    def test_a_reader_whose_caller_has_left_reads_no_further(self):
        go, closed = threading.Event(), threading.Event()

        def endless():
            try:
                yield 1
                go.wait()
                while True:
                    yield 2
                    time.sleep(0.01)
            finally:
                closed.set()

        found = within(endless(), time.monotonic() + 1000)
        self.assertEqual(next(found), 1)
        found.close()
        del found
        go.set()
        self.assertTrue(closed.wait(60))

    def test_waiting_ends_in_time_although_the_api_never_answers(self):
        listening = socket.create_server(("127.0.0.1", 0))
        with contextlib.closing(listening), self.assertRaisesRegex(TimeoutError, "has not ended within 0.2 s"):
            Client(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=1000).wait("0" * 12, timeout=0.2)


class Versions(unittest.TestCase):
    def test_the_version_is_the_products(self):
        here = Path(__file__).resolve().parents[1]
        product = json.loads((here.parents[1] / "package.json").read_text())["version"]
        self.assertEqual(__version__, product)
        self.assertIn(f'\nversion = "{product}"\n', (here / "pyproject.toml").read_text())
