/** One side of an exchange, as it is captured. */
export interface CapturedPayload {
  /** At most 256 UTF-16 code units. */
  contentType: string;
  /** `JSON` and `CSV`: `data` is the text itself. `BASE64`: `data` is the bytes in BASE64. */
  encoding: 'JSON' | 'CSV' | 'BASE64';
  data: string;
}

/**
 * A record to send: one request to a model and its answer. Ids have 1 to 256 UTF-16 code units. It is the record of capture/record.ts, written out, so
 * that the types of the client need no schema.
 */
export interface Exchange {
  /** Unique for each record. @default a new UUID */
  eventId?: string | undefined;
  /** When the answer was ready: UTC, ISO 8601, with `Z` at the end. @default the present */
  inferenceTime?: string | undefined;
  /** The Lambda request that was answered. */
  requestId: string;
  input: CapturedPayload;
  output: CapturedPayload;
  /** HTTP status of the answer, 100 to 599. */
  status: number;
  /** From the request to the finished answer, in milliseconds. */
  latencyMs: number;
  /** The caller's own id, for joining labels later. */
  inferenceId?: string | undefined;
  /** The code of the error, when the answer is one. */
  errorCode?: string | undefined;
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest?: string | undefined;
  coldStart?: boolean | undefined;
  traceId?: string | undefined;
  /** At most 32, each of at most 1,024 UTF-16 code units. */
  customAttributes?: string[] | undefined;
  /** What asked, such as `api-gateway-rest` or `sqs`. For the policy to decide by; it is not stored. */
  source?: string | undefined;
  /** Who asked: the id of an API key or of an identity. For the policy to decide by; it is not stored. */
  caller?: string | undefined;
  /** At most 32 headers of the request, with names in lower case. For the policy to decide by; they are not stored. */
  headers?: Record<string, string> | undefined;
}
