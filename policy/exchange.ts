import { parseJson } from '../capture/json.ts';
import type { InferenceRecord, Payload } from '../capture/record.ts';

export const SIDES = ['input', 'output'] as const;
export type Side = (typeof SIDES)[number];

/** A record while the policy looks at it: each payload is read once, and parsed once, and only if something asks for it. */
export interface Exchange {
  record: InferenceRecord;
  /** The payload as text, where its content type says that it is text. */
  payload(side: Side): Payload;
  /** The payload as JSON. Undefined where it is none. */
  json(side: Side): unknown;
}

/** @param read turns a payload into text where its content type says that it is text */
export function exchangeOf(record: InferenceRecord, read: (payload: Payload) => Payload): Exchange {
  const payloads: { [S in Side]?: Payload } = {};
  const parsed: { [S in Side]?: { json: unknown } } = {};
  function payload(side: Side): Payload {
    payloads[side] ??= read(record[side]);
    return payloads[side];
  }
  return {
    record,
    payload,
    json(side) {
      parsed[side] ??= { json: jsonOf(payload(side)) };
      return parsed[side].json;
    },
  };
}

function jsonOf({ encoding, data }: Payload): unknown {
  return encoding === 'JSON' ? parseJson(data) : undefined;
}
