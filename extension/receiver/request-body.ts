import { isUtf8 } from 'node:buffer';
import type http from 'node:http';
import type { Turn, Turns } from '../../capture/turns.ts';
import { MAX_BODY_BYTES, SMALL_BODY_BYTES } from '../../capture/wire.ts';

/** The sender of a request has gone. */
export const ABORTED = new Error('the request was broken off');

/** U+FEFF in UTF-8. Some senders begin a text with it, and it is no part of one. */
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** A body that came whole. */
export interface Body {
  /** Without a byte order mark. */
  bytes: Buffer;
  /** Lets another large body come. To be called once, when the bytes are no longer needed. */
  release(): void;
}

/** Why a body is not read to its end: it is larger than the wire allows, got no turn in time, or came too slowly in its turn. */
export type Unread = 'too_large' | 'no_turn' | 'too_slow';

/** What large bodies share. */
export interface LargeBodies {
  turns: Turns;
  /** The most milliseconds that a body waits for its turn. */
  withinMs: number;
  /** In each so many milliseconds of its turn a body must grow by SMALL_BODY_BYTES, or come to its end. */
  paceMs: number;
}

/**
 * Reads a body. It needs a turn from the first byte on that makes it large: a sender that says much and sends little keeps nobody waiting. Nor does
 * one that is slow in its turn.
 *
 * @throws ABORTED
 */
export function readBody(
  request: http.IncomingMessage,
  { turns, withinMs, paceMs }: LargeBodies,
): Promise<Body | Unread> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length']) > MAX_BODY_BYTES) return resolve('too_large');
    const chunks: Buffer[] = [];
    let length = 0;
    let turn: Turn | undefined;
    let pace: NodeJS.Timeout | undefined;
    let over = false;

    function refuse(reason: Unread): void {
      over = true;
      chunks.length = 0;
      clearInterval(pace);
      turn?.end();
      resolve(reason);
    }

    function watchPace(): void {
      let before = length;
      const look = () => {
        if (over) return;
        if (length - before < SMALL_BODY_BYTES) refuse('too_slow');
        before = length;
      };
      // After a thaw the time is up, but what came before the freeze has not been read yet: it is by the next immediate.
      pace = setInterval(() => setImmediate(look), paceMs);
    }

    async function takeTurn(): Promise<void> {
      request.pause();
      const taken = await turns.take(MAX_BODY_BYTES, withinMs);
      if (typeof taken === 'string') {
        if (!over) refuse('no_turn');
      } else if (over) taken.end();
      else {
        turn = taken;
        watchPace();
        request.resume();
      }
    }

    request.on('data', (chunk: Buffer) => {
      if (over) return;
      const before = length;
      length += chunk.length;
      chunks.push(chunk);
      if (length > MAX_BODY_BYTES) refuse('too_large');
      else if (before <= SMALL_BODY_BYTES && length > SMALL_BODY_BYTES) void takeTurn();
    });
    request.on('end', () => {
      if (over) return;
      over = true;
      clearInterval(pace);
      resolve({ bytes: withoutMark(Buffer.concat(chunks)), release: () => turn?.end() });
    });
    request.on('error', () => {
      if (over) return;
      over = true;
      clearInterval(pace);
      turn?.end();
      reject(ABORTED);
    });
  });
}

function withoutMark(body: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return body.subarray(0, length).equals(BYTE_ORDER_MARK) ? body.subarray(length) : body;
}

/** The text of a record, or its bytes as they are where they are not UTF-8: decoding them would put U+FFFD in the place of what came. */
export function textOf(bytes: Buffer): string | Buffer {
  return isUtf8(bytes) ? bytes.toString() : bytes;
}
