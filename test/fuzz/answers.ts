import { WIRE_ERRORS, type WireErrorBody } from '../../capture/wire.ts';
import { CANARY } from './attempt.ts';

export interface Answer {
  status: number;
  body: string;
}

/**
 * The whole answers at the beginning of what has come.
 *
 * @param received a character a byte
 * @throws Error where it is no answer of the receiver
 */
export function answersIn(received: string): { answers: Answer[]; rest: string } {
  const answers: Answer[] = [];
  let rest = received;
  for (let end = rest.indexOf('\r\n\r\n'); end !== -1; end = rest.indexOf('\r\n\r\n')) {
    const head = rest.slice(0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    if (status === 100) {
      rest = rest.slice(end + 4);
      continue;
    }
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (!(status >= 200) || !(length >= 0))
      throw new Error(`Expected an answer of the receiver, got ${rest.slice(0, 200)}`);
    const body = rest.slice(end + 4, end + 4 + length);
    if (body.length < length) break;
    answers.push({ status, body });
    rest = rest.slice(end + 4 + length);
  }
  return { answers, rest };
}

/** What is wrong with an answer, whatever was sent; undefined where nothing is. */
export function faultOf({ status, body }: Answer): string | undefined {
  if (body.includes(CANARY)) return `Expected an answer without a part of a record, got ${body}`;
  let json: { accepted?: unknown } & Partial<WireErrorBody>;
  try {
    json = JSON.parse(body);
  } catch {
    return `Expected JSON with the status ${status}, got ${body}`;
  }
  if (status === 200 || (status === 202 && Number.isInteger(json.accepted))) return undefined;
  const known = WIRE_ERRORS[json.error?.code as keyof typeof WIRE_ERRORS];
  if (known?.status !== status || status === 500)
    return `Expected an error of the wire other than a fault, got ${status} ${body}`;
  return undefined;
}
