/** The loopback protocol between a function and the extension. Its reference is docs/wire-protocol.md. */

/** The receiver's port when CAPTURE_PORT names no other. */
export const DEFAULT_PORT = 2772;

export const RECORDS_PATH = '/v1/records';
export const LABELS_PATH = '/v1/labels';
export const STATS_PATH = '/v1/stats';
export const HEALTH_PATH = '/v1/health';

/** Most bytes of one POST: a request and an answer of 6 MiB each, escaped as JSON strings, and some room. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A body above this is large: sender and receiver have few of them on their way at once, so that the others need not wait for them. */
export const SMALL_BODY_BYTES = 64 * 1024;

/** Most UTF-16 code units of an id. */
export const MAX_ID_LENGTH = 256;

/** Most headers of a request that a record has, and most UTF-16 code units of the value of one. */
export const MAX_HEADERS = 32;
export const MAX_HEADER_LENGTH = 8192;

/** Every error that the receiver answers with: its HTTP status, and what it means. docs/wire-protocol.md lists the same. */
export const WIRE_ERRORS = {
  INVALID_JSON: { status: 400, meaning: 'The body, or a line of it, is not JSON in UTF-8.' },
  INVALID_RECORD: { status: 400, meaning: 'A record or label lacks a field or has a wrong one; the message names it.' },
  MALFORMED_REQUEST: {
    status: 400,
    meaning: 'The request is not valid HTTP/1.1, or two readers could read it in two ways.',
  },
  FOREIGN_CALLER: {
    status: 403,
    meaning: 'A web page made the request, as `Host`, `Origin` or `Sec-Fetch-Site` shows.',
  },
  NOT_FOUND: { status: 404, meaning: 'There is nothing at this path.' },
  METHOD_NOT_ALLOWED: { status: 405, meaning: 'The path exists, but not for this method.' },
  REQUEST_TIMEOUT: { status: 408, meaning: 'The request was not complete within 10 s.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body is larger than 16 MiB.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: 'The content type is neither application/json nor application/x-ndjson.',
  },
  INTERNAL_ERROR: { status: 500, meaning: 'A fault in the extension; its log has the cause.' },
  SPOOL_FULL: {
    status: 503,
    meaning: 'The spool holds CAPTURE_SPOOL_BYTES already. The record is counted as dropped.',
  },
  SPOOL_UNWRITABLE: {
    status: 503,
    meaning:
      'The extension cannot write the spool, for example because the disk is full. The record is counted as dropped.',
  },
  NOT_CONFIGURED: {
    status: 503,
    meaning: 'The extension started with a wrong configuration; its log names the wrong variables.',
  },
  POLICY_UNAVAILABLE: {
    status: 503,
    meaning:
      'The policy that decides what may be kept is wrong, not there yet, or failed on the record; the log says why. The record is counted as dropped.',
  },
  SHUTTING_DOWN: {
    status: 503,
    meaning: 'The environment is shutting down, and the extension accepts no more records.',
  },
} as const;
export type WireErrorCode = keyof typeof WIRE_ERRORS;

/** The body of every answer that is not a success. `details`: of a body of lines, what became of them. */
export interface WireErrorBody {
  error: { code: WireErrorCode; message: string; details?: LinesDetails };
}

/** What became of the lines of a body, where some were refused. */
export interface LinesDetails {
  accepted: number;
  refused: number;
  /** The first MAX_REPORTED_LINES of those refused. */
  lines: RefusedLine[];
}

export interface RefusedLine {
  /** Its number in the body, from 1; blank lines count. */
  line: number;
  code: WireErrorCode;
  message: string;
}

/** Most refused lines that an answer names. */
export const MAX_REPORTED_LINES = 100;

/** The body of a 202. */
export interface AcceptedBody {
  accepted: number;
}

/**
 * Why a record that reached the receiver is in no object: the error that it was answered with, or VANISHED (somebody removed or changed its
 * segment in the spool). Each record counts once, as what became of it; DUPLICATE counts the other posts of records that came more than once.
 */
export const DROP_REASONS = [
  'INVALID_JSON',
  'INVALID_RECORD',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INTERNAL_ERROR',
  'SPOOL_FULL',
  'SPOOL_UNWRITABLE',
  'NOT_CONFIGURED',
  'POLICY_UNAVAILABLE',
  'SHUTTING_DOWN',
  'DUPLICATE',
  'VANISHED',
] as const satisfies readonly (WireErrorCode | 'DUPLICATE' | 'VANISHED')[];
export type DropReason = (typeof DROP_REASONS)[number];

/**
 * Why a record that reached the receiver was left out on purpose, by the extension's policy: the sample that is kept does not have it
 * (`NOT_SAMPLED`), or so many were kept in this second already (`RATE_LIMITED`). Such a record is acknowledged like one that is kept, and is no loss.
 */
export const LEFT_OUT_REASONS = ['NOT_SAMPLED', 'RATE_LIMITED'] as const;
export type LeftOutReason = (typeof LEFT_OUT_REASONS)[number];

/**
 * Why a record did not reach the receiver, as far as the function knows: no answer in time (`timeout`); no connection, or one that broke
 * (`unreachable`); over 16 MiB (`too_large`); no JSON (`invalid`); not tried, because the receiver had not answered for a while (`skipped`);
 * too many records waited for their turn already (`queue_full`).
 */
export const NOT_CAPTURED_REASONS = [
  'timeout',
  'unreachable',
  'too_large',
  'invalid',
  'skipped',
  'queue_full',
] as const;
export type NotCapturedReason = (typeof NOT_CAPTURED_REASONS)[number];

/** Records that did not reach the receiver, by reason; reasons without any are absent. */
export type NotCapturedCounts = Partial<Record<NotCapturedReason, number>>;

/** The records that a sender could not hand over, as it reports them with a record. It reports all again until a record with the report is accepted. */
export interface LostBefore {
  counts?: ReportedCounts[] | undefined;
  unanswered?: Unanswered[] | undefined;
}

/** Records that the receiver cannot have. The id is unique, so the receiver recognises counts that were reported before. */
export interface ReportedCounts extends NotCapturedCounts {
  id: string;
}

/** A record that was posted and not answered: only the receiver knows whether it has it. */
export interface Unanswered {
  eventId: string;
  reason: Extract<NotCapturedReason, 'timeout' | 'unreachable'>;
}

/** Most entries of LostBefore's `counts`. */
export const MAX_REPORTED_COUNTS = 16;
/** Most that one of these may count. */
export const MAX_COUNT = 1_000_000_000;
/** Most entries of LostBefore's `unanswered`. */
export const MAX_UNANSWERED = 64;

/** Records lost, by reason; reasons without any are absent. A count is below 0 where a record that had been counted as lost has come after all. */
export type LossCounts = Partial<Record<DropReason | NotCapturedReason, number>>;

/** What became of labels, or of payloads that have objects of their own. Of `dropped`, reasons without any are absent. */
export interface Outcomes {
  delivered: number;
  logged: number;
  dropped: Partial<Record<DropReason, number>>;
  pending: number;
}

/**
 * The body of GET /v1/stats. Counts are records since the process started, and always
 * `received = delivered + logged + sum of dropped + sum of leftOut + pending`. A body that cannot be read as records counts as one.
 * The same holds for the counts of labels, of which none is left out.
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
  /** Left out on purpose. */
  leftOut: Record<LeftOutReason, number>;
  /** Not received, as senders reported with later records. */
  notCaptured: NotCapturedCounts;
  /** Acknowledged and in the spool, not yet delivered. */
  pending: number;
  labels: Outcomes & Pick<Stats, 'received' | 'recovered'>;
  /** Objects with the whole payloads of a record. They are counted as what became of them; the record counts for itself. */
  payloads: Outcomes;
  /** Bytes of the spool on disk. */
  spoolBytes: number;
  /** How often each rule of the policy's redaction has struck in records that are stored, by the rule's name. */
  redacted: Readonly<Record<string, number>>;
  /** Absent where no policy is configured. */
  policy?: PolicyStatus | undefined;
}

/** `ready`: the policy with this `id` decides; stored lines have the same id. `failed`: there is none, for this cause. */
export type PolicyStatus = { state: 'loading' } | { state: 'ready'; id: string } | { state: 'failed'; cause: string };
