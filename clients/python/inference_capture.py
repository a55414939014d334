"""Hands records to the inference-capture extension in the same Lambda environment. Copy this file: it needs Python 3.8 and nothing else."""
import json, os, socket, threading, uuid
from datetime import datetime, timezone
from time import monotonic

MAX_BODY_BYTES, MAX_REPLY_BYTES = 16 * 1024 * 1024, 64 * 1024

class CaptureClient:
    """`timeout`: the most seconds that one `send` takes. Threads may share a client. After three failures in a row it skips for 1 to 30 s."""

    def __init__(self, port=None, timeout=0.25):
        variable = os.environ.get("CAPTURE_PORT", "")
        self._port = port or (int(variable) if variable.isdigit() else 2772)
        self._timeout, self._thread = timeout, threading.local()  # a connection for each thread
        self._failures, self._skips_until, self._answered_at, self._failed_at = 0, 0.0, 0.0, 0.0

    def send(self, record):
        """Waits until the record is on disk. Never raises. Returns eventId, accepted and, if not accepted, why (docs/wire-protocol.md)."""
        started, result = monotonic(), {"eventId": str(uuid.uuid4()), "accepted": False}
        try:
            time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            record = {"eventId": result["eventId"], "inferenceTime": time, **record}
            body, result["eventId"] = json.dumps(record, allow_nan=False).encode(), record["eventId"]
        except Exception:
            return {**result, "reason": "invalid"}
        if len(body) > MAX_BODY_BYTES or started < self._skips_until:
            return {**result, "reason": "too_large" if len(body) > MAX_BODY_BYTES else "skipped"}
        try:
            status, text = self._post(body, started + self._timeout)
            result.update({"accepted": True} if status == 202 else {"reason": "rejected", "code": str(json.loads(text)["error"]["code"])})
            self._failures, self._answered_at = 0, monotonic()
        except Exception as error:
            result["reason"] = "timeout" if isinstance(error, socket.timeout) else "unreachable"
            if started > max(self._answered_at, self._failed_at):  # many that fail in one moment are one failure
                self._failures, self._failed_at = self._failures + 1, monotonic()
                self._skips_until = self._failed_at + min(30, 2 ** (self._failures - 3)) if self._failures >= 3 else 0
        return result

    def _post(self, body, deadline):
        kept, self._thread.connection = getattr(self._thread, "connection", None), None
        try:
            connection = kept or socket.create_connection(("127.0.0.1", self._port), max(0.001, deadline - monotonic()))
            reply = exchange(connection, body, deadline)
        except Exception as error:
            if kept is None or isinstance(error, socket.timeout):
                raise
            return self._post(body, deadline)  # it died while the environment was frozen; the extension knows an eventId that it has
        self._thread.connection = connection
        return reply

def exchange(connection, body, deadline):
    """One request and its answer: the status and the text."""
    head = f"POST /v1/records HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    received, piece = b"", b"?"
    connection.settimeout(max(0.001, deadline - monotonic()))
    connection.sendall(head.encode() + body)
    while piece and len(received) <= MAX_REPLY_BYTES and monotonic() < deadline:
        connection.settimeout(max(0.001, deadline - monotonic()))
        piece = connection.recv(MAX_REPLY_BYTES)
        received += piece
        head, whole, text = received.partition(b"\r\n\r\n")
        if whole and len(text) >= int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
            return int(head.split(b" ", 2)[1]), text
    raise socket.timeout() if monotonic() >= deadline else ValueError("Expected an answer of the extension, got something else")
