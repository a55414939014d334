import * as v from 'valibot';
import {
  MAX_COUNT,
  MAX_HEADER_LENGTH,
  MAX_HEADERS,
  MAX_ID_LENGTH,
  MAX_REPORTED_COUNTS,
  MAX_UNANSWERED,
  NOT_CAPTURED_REASONS,
} from './wire.ts';

/** Half of a surrogate pair is no character, and JSON with one is none for many readers: they would refuse the whole object. */
export const Text = v.pipe(
  v.string(),
  v.check((text) => text.isWellFormed(), 'Expected text without half of a surrogate pair'),
);

/** One side of an exchange. `data` is kept exactly as it came: text as it is, anything else as BASE64. */
export const Payload = v.object({
  contentType: v.pipe(Text, v.maxLength(256)),
  encoding: v.picklist(['JSON', 'CSV', 'BASE64']),
  data: Text,
});
export type Payload = v.InferOutput<typeof Payload>;

/** An id of anything: 1 to 256 UTF-16 code units. */
export const Identifier = v.pipe(Text, v.minLength(1), v.maxLength(MAX_ID_LENGTH));

/** UTC, ISO 8601 with `Z`. */
export const UtcTime = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/, 'Expected a UTC time that ends in Z'),
  v.check(exists, 'Expected a time that exists'),
);

/** Of the request, for the policy to decide by: names in lower case. They are never stored. */
const Headers = v.pipe(
  v.record(v.pipe(Text, v.maxLength(256)), v.pipe(Text, v.maxLength(MAX_HEADER_LENGTH))),
  v.check((headers) => Object.keys(headers).length <= MAX_HEADERS, `Expected at most ${MAX_HEADERS} headers`),
);

const Count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_COUNT));
/** Reasons that are not known here are dropped like any other key: a newer client may have more of them. */
const ReportedCounts = v.object({ id: Identifier, ...v.entriesFromList(NOT_CAPTURED_REASONS, v.optional(Count)) });
const Unanswered = v.object({ eventId: Identifier, reason: v.picklist(['timeout', 'unreachable']) });
const LostBefore = v.pipe(
  v.custom<object>((value) => !Array.isArray(value)), // to valibot, a list is an object, and here no field is required
  v.object({
    counts: v.optional(v.pipe(v.array(ReportedCounts), v.maxLength(MAX_REPORTED_COUNTS))),
    unanswered: v.optional(v.pipe(v.array(Unanswered), v.maxLength(MAX_UNANSWERED))),
  }),
);

/** `Date` takes the 30th of February for the 2nd of March. */
function exists(utc: string): boolean {
  const time = new Date(utc);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === utc.slice(0, 10);
}

/**
 * What a function hands to the extension: one exchange, as JSON, on the wire of docs/wire-protocol.md.
 * Keys that are not named here are dropped, so that a newer client can talk to an older extension.
 */
export const InferenceRecord = v.object({
  /** Unique per record; made by the client, so that a response can name it and a repeated post is recognised. */
  eventId: Identifier,
  /** The Lambda request that was answered. */
  requestId: Identifier,
  /** When the answer was ready: UTC, ISO 8601 with milliseconds and `Z`. It decides the hour that the record is stored under. */
  inferenceTime: UtcTime,
  input: Payload,
  output: Payload,
  /** HTTP status of the answer. */
  status: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)),
  /** From the parsed event to the finished answer, in milliseconds. */
  latencyMs: v.pipe(v.number(), v.finite(), v.minValue(0)),
  /** The caller's own id, for joining labels later. */
  inferenceId: v.optional(Identifier),
  /** The error code of docs/errors.md, when the answer is an error. */
  errorCode: v.optional(Identifier),
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: v.optional(Identifier),
  coldStart: v.optional(v.boolean()),
  traceId: v.optional(Identifier),
  customAttributes: v.optional(v.pipe(v.array(v.pipe(Text, v.maxLength(1024))), v.maxLength(32))),
  /** What asked: `api-gateway-rest`, `sqs`, `direct` and the like. For the policy to decide by; it is not stored. */
  source: v.optional(Identifier),
  /** Who asked: the id of an API key, or of an identity. For the policy to decide by; it is not stored. */
  caller: v.optional(Identifier),
  headers: v.optional(Headers),
  /** Records that the sender could not hand over, and that no accepted record has reported yet. */
  lostBefore: v.optional(LostBefore),
});
export type InferenceRecord = v.InferOutput<typeof InferenceRecord>;
