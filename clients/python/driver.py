"""For tests: python driver.py PORT TIMEOUT_MS. Each line on stdin is {"records": [...], "atOnce": k}; the answer is one line, a list of results."""
import json, sys
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from inference_capture import CaptureClient

client = CaptureClient(int(sys.argv[1]), int(sys.argv[2]) / 1000)


def timed(record):
    started = monotonic()
    return {**client.send(record), "ms": (monotonic() - started) * 1000}


for line in sys.stdin:
    task = json.loads(line)
    with ThreadPoolExecutor(task["atOnce"]) as threads:
        print(json.dumps(list(threads.map(timed, task["records"]))), flush=True)
