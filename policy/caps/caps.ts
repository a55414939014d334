import { hash } from 'node:crypto';
import type { Payload } from '../../capture/record.ts';
import type { Truncation } from '../../capture/stored-line.ts';
import type { Cap } from '../document.ts';
import { beginningOf, beginningOfBase64 } from './cut.ts';

/** What the line has of a payload that goes to an object of its own, in bytes. */
const BEGINNING_BYTES = 1024;

export interface Capped {
  /** What the line has. */
  payload: Payload;
  /** Absent where the payload is within its limit. */
  truncation?: Truncation;
  /** The whole payload, where it goes to an object of its own. */
  apart?: Payload;
}

/**
 * What the line has of a payload. `bytes` and the digest are of the payload as it would have been stored: after the redaction, since the digest of
 * a short secret would give it away.
 */
export function applyCap(payload: Payload, cap: Cap | undefined): Capped {
  const { data, encoding } = payload;
  if (cap === undefined || data.length * 3 <= cap.bytes) return { payload };
  const bytes = Buffer.byteLength(data);
  if (bytes <= cap.bytes) return { payload };
  const most = cap.beyond === 'object' ? Math.min(cap.bytes, BEGINNING_BYTES) : cap.bytes;
  const beginning = encoding === 'BASE64' ? beginningOfBase64(data, most) : beginningOf(data, most);
  const capped: Capped = {
    payload: { ...payload, data: beginning },
    truncation: { bytes, sha256: hash('sha256', data, 'hex') },
  };
  if (cap.beyond === 'object') capped.apart = payload;
  return capped;
}
