"""What schemathesis cannot know from the document: how a body of lines is written, and that a time is one in UTC."""

import json
from datetime import datetime, timezone

import schemathesis
from hypothesis import strategies

TIMES = strategies.datetimes(min_value=datetime(1, 1, 1), timezones=strategies.just(timezone.utc))
schemathesis.openapi.format("date-time", TIMES.map(lambda time: time.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")))


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    records = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(record) for record in records).encode()
