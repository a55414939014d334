import type { WriteStream } from 'node:tty';

/** Follows one piece of long work. */
export interface Progress {
  /** So much is done, of so much, when that is known. */
  at(done: number, all?: number): void;
  /** The last state, and the end of the line. */
  end(): void;
}

export interface ProgressOptions {
  what: string;
  /** Both numbers with their unit, as `12 of 843 questions`. */
  amount: (done: number, all?: number) => string;
  /** So much in a second, with its unit. */
  rate: (perSecond: number) => string;
  /** A terminal gets a bar that moves; anything else a line every few seconds. */
  stream: Pick<WriteStream, 'write' | 'columns' | 'isTTY'>;
  /** Milliseconds on a clock that never goes back. */
  now?: () => number;
}

const TERMINAL_MS = 100;
const LINE_MS = 5000;
const BAR_CELLS = 16;

export function createProgress({
  what,
  amount,
  rate,
  stream,
  now = () => performance.now(),
}: ProgressOptions): Progress {
  const startedMs = now();
  let shownMs = Number.NEGATIVE_INFINITY;
  /** What was there before we began is not our pace. */
  let first: number | undefined;
  let state: { done: number; all?: number } | undefined;

  function show(nowMs: number): void {
    const { done, all } = state!;
    const seconds = (nowMs - startedMs) / 1000;
    const perSecond = seconds > 0 ? (done - first!) / seconds : 0;
    const left =
      all !== undefined && perSecond > 0 && done < all ? [`${Math.ceil((all - done) / perSecond)} s left`] : [];
    const text = [`${what}  ${all ? bar(done / all) : ''}${amount(done, all)}`, rate(perSecond), ...left].join(', ');
    stream.write(stream.isTTY ? `\r\u001b[2K${text.slice(0, (stream.columns || 80) - 1)}` : `${text}\n`);
    shownMs = nowMs;
  }

  return {
    at(done, all) {
      first ??= done;
      state = { done, all };
      const nowMs = now();
      // Elsewhere than on a terminal, work that is over at once needs no line but its last.
      if (!stream.isTTY && shownMs === Number.NEGATIVE_INFINITY) shownMs = nowMs;
      if (nowMs - shownMs >= (stream.isTTY ? TERMINAL_MS : LINE_MS)) show(nowMs);
    },
    end() {
      if (state === undefined) return;
      show(now());
      if (stream.isTTY) stream.write('\n');
    },
  };
}

function bar(part: number): string {
  const full = Math.round(Math.min(1, part) * BAR_CELLS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}] ${Math.floor(Math.min(1, part) * 100)} %  `;
}
