import json, time
from inference_capture import CaptureClient  # the file clients/python/inference_capture.py, copied beside this one

capture = CaptureClient()

def handler(event, context):
    started = time.monotonic()
    answer = json.dumps({"words": len(json.loads(event["body"])["text"].split())})  # here your model answers
    as_json = {"contentType": "application/json", "encoding": "JSON"}
    record = {"requestId": context.aws_request_id, "status": 200, "latencyMs": (time.monotonic() - started) * 1000}
    result = capture.send({**record, "input": {**as_json, "data": event["body"]}, "output": {**as_json, "data": answer}})
    return {"statusCode": 200, "headers": {"x-captured": str(result["accepted"]).lower()}, "body": answer}
