"""For tests: a function that captures `count` records, `atOnce` at a time, and answers with what became of each. `dataBytes` makes their inputs long."""
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from inference_capture import CaptureClient

capture = CaptureClient()


def handler(event, context):
    record = {**event["record"], "requestId": context.aws_request_id}
    if "dataBytes" in event:
        record["input"] = {**record["input"], "data": "x" * event["dataBytes"]}

    def timed(_):
        started = monotonic()
        return {**capture.send(record), "ms": (monotonic() - started) * 1000}

    with ThreadPoolExecutor(event["atOnce"]) as threads:
        return list(threads.map(timed, range(event["count"])))
