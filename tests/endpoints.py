"""A server on the loopback interface that answers, or misbehaves, as it is told; and a clock."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {"prompt_tokens": 100, "completion_tokens": 10}


class FakeClock:
    """Time passes only when somebody sleeps, and a little whenever it is asked for."""

    def __init__(self, tick=0.0):
        self.time = 0.0
        self.slept = []
        self._tick = tick

    def now(self):
        self.time += self._tick
        return self.time

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds


class ScriptedServer:
    """Answers each request with the next of `script`; with the last one from then on."""

    def __init__(self):
        self.script = []
        self.requests = []
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append(json.loads(body))
                answer = outer.script[min(len(outer.requests), len(outer.script)) - 1]
                try:
                    answer(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client has had enough

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def begin(self, *script):
        """Forget what was asked and follow another script."""
        self.script = list(script)
        self.requests.clear()

    def silence(self, handler):
        self.released.wait(30)

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def send(handler, body, status=200, headers=(), length=None):
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def raw(body, **options):
    return lambda handler: send(handler, body, **options)


def says(text="", calls=(), usage=USAGE, **message):
    tool_calls = [
        {"id": f"c{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
        for index, (name, arguments) in enumerate(calls)
    ]
    message |= {"role": "assistant", "content": text, "tool_calls": tool_calls or None}
    choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
    completion = {"id": "x", "object": "chat.completion", "model": "m", "choices": choices}
    return raw(json.dumps(completion | ({"usage": usage} if usage else {})).encode())


def refuses(status, body=b'{"error": {"message": "no"}}', **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return raw(body, status=status, headers=named)


def cut(handler):
    send(handler, b'{"choices": [', length=1000)
    handler.connection.shutdown(socket.SHUT_RDWR)


def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.end_headers()
    for _ in range(100_000):
        handler.wfile.write(b" " * 100)


def unused_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
