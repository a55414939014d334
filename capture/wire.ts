/** The loopback protocol between a function and the extension. Its reference is docs/wire-protocol.md. */

/** The receiver's port when CAPTURE_PORT names no other. */
export const DEFAULT_PORT = 2772;

export const RECORDS_PATH = '/v1/records';
export const STATS_PATH = '/v1/stats';
export const HEALTH_PATH = '/v1/health';

/**
 * How the capture client's request begins, up to the body's length, which ends the head. The receiver answers a request that begins so and
 * comes in one piece sooner than others.
 */
export const RECORD_HEAD = `POST ${RECORDS_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: `;

/** Most bytes of one POST: a request and an answer of 6 MiB each, escaped as JSON strings, and some room. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Every error that the receiver answers with: its HTTP status, and what it means. docs/wire-protocol.md lists the same. */
export const WIRE_ERRORS = {
  INVALID_JSON: { status: 400, meaning: 'A line of the body is not JSON.' },
  INVALID_RECORD: { status: 400, meaning: 'A record lacks a field or has a wrong one; the message names it.' },
  NOT_FOUND: { status: 404, meaning: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path exists, but not for this method.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body is larger than 16 MiB.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The content type is neither application/json nor application/x-ndjson.',
  },
  SPOOL_FULL: {
    status: 503,
    meaning: 'The spool holds CAPTURE_SPOOL_BYTES already. The record is counted as dropped.',
  },
  SPOOL_UNWRITABLE: {
    status: 503,
    meaning: 'The spool cannot be written, as on a full disk. The record is counted as dropped.',
  },
  NOT_CONFIGURED: { status: 503, meaning: 'The extension started with a wrong configuration; its log says which.' },
  SHUTTING_DOWN: { status: 503, meaning: 'The environment is ending and takes no more records.' },
} as const;
export type WireErrorCode = keyof typeof WIRE_ERRORS;

/** The body of every answer that is not a success. `accepted`: how many records before the failing one were taken. */
export interface WireErrorBody {
  error: { code: WireErrorCode; message: string; details?: { accepted: number } };
}

/** The body of a 202. */
export interface AcceptedBody {
  accepted: number;
}

/**
 * Why a record that reached the receiver is in no object: the error that it was answered with, or DUPLICATE (its eventId was taken
 * before, so it is in another object), or VANISHED (somebody removed or changed its segment in the spool).
 */
export const DROP_REASONS = [
  'INVALID_JSON',
  'INVALID_RECORD',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'SPOOL_FULL',
  'SPOOL_UNWRITABLE',
  'NOT_CONFIGURED',
  'SHUTTING_DOWN',
  'DUPLICATE',
  'VANISHED',
] as const satisfies readonly (WireErrorCode | 'DUPLICATE' | 'VANISHED')[];
export type DropReason = (typeof DROP_REASONS)[number];

/** Records by the reason of their drop; reasons without any are absent. */
export type DropCounts = Partial<Record<DropReason, number>>;

/**
 * The body of GET /v1/stats. Counts are records since the process started, and always
 * `received = delivered + logged + sum of dropped + pending`. A body that cannot be read as records counts as one.
 */
export interface Stats {
  /** Records posted here, and those recovered from the spool of a predecessor. */
  received: number;
  /** Of those received, how many a predecessor had left in the spool. */
  recovered: number;
  delivered: number;
  /** Written to the log at shutdown instead, with CAPTURE_LAST_RESORT=log. */
  logged: number;
  dropped: Record<DropReason, number>;
  /** Acknowledged and in the spool, not yet delivered. */
  pending: number;
  /** Bytes of the spool on disk. */
  spoolBytes: number;
}
