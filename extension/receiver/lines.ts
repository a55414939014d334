import { type LinesDetails, MAX_REPORTED_LINES, WIRE_ERRORS, type WireErrorBody } from '../../capture/wire.ts';
import type { IntakeResult } from '../intake/intake.ts';
import { textOf } from './request-body.ts';

/** After so many bytes of lines other requests have a turn: a record must not wait for a whole body of lines. */
const TURN_BYTES = 64 * 1024;

/**
 * Takes each line of a body as a record or a label, also those after a refused line.
 *
 * @returns status and body of the answer. Where lines were refused, it is the answer to the gravest refusal, which is the one with the highest
 * status: 5xx says that the same lines may be taken later
 */
export async function takeLines(
  body: Buffer,
  take: (text: string | Buffer) => IntakeResult,
): Promise<[status: number, body: object]> {
  const details: LinesDetails = { accepted: 0, refused: 0, lines: [] };
  let gravest: Exclude<IntakeResult, { accepted: true }> | undefined;
  let untilTurn = TURN_BYTES;
  for (const { line, text } of linesOf(body)) {
    const result = take(text);
    if (result.accepted) details.accepted += 1;
    else {
      const { code, message } = result;
      details.refused += 1;
      if (details.lines.length < MAX_REPORTED_LINES) details.lines.push({ line, code, message });
      if (gravest === undefined || WIRE_ERRORS[code].status > WIRE_ERRORS[gravest.code].status) gravest = result;
    }
    untilTurn -= text.length;
    if (untilTurn <= 0) {
      await new Promise(setImmediate);
      untilTurn = TURN_BYTES;
    }
  }
  if (gravest === undefined) return [202, { accepted: details.accepted }];
  const { code, message } = gravest;
  const answer: WireErrorBody = { error: { code, message, details } };
  return [WIRE_ERRORS[code].status, answer];
}

/**
 * The lines of a body that are not blank, one at a time: the whole body as a text would take 32 MiB for a moment. The numbers begin at 1 and
 * count blank lines.
 */
function* linesOf(body: Buffer): Generator<{ line: number; text: string | Buffer }> {
  for (let start = 0, end = 0, line = 1; start < body.length; start = end + 1, line += 1) {
    end = body.indexOf('\n', start);
    if (end === -1) end = body.length;
    const text = textOf(body.subarray(start, end));
    if (typeof text !== 'string' || text.trim() !== '') yield { line, text };
  }
}
