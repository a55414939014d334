import type { WriteStream } from 'node:tty';

/** Shows how far a long piece of work has come. */
export interface Progress {
  /** Reports how much is done, and of how much in all where that is known. */
  update(done: number, all?: number): void;
  /** Shows the last state, and ends the line. */
  end(): void;
}

export interface ProgressOptions {
  /** The name of the work, which the line begins with. */
  what: string;
  /** Both numbers with their unit, such as `12 of 843 questions`. */
  amount: (done: number, all?: number) => string;
  /** An amount per second with its unit, such as `20 questions/s`. */
  rate: (perSecond: number) => string;
  /** A terminal gets a bar that moves. Anything else gets a line every few seconds. */
  stream: Pick<WriteStream, 'write' | 'columns' | 'isTTY'>;
  /** Milliseconds on a clock that never goes back. @default performance.now */
  now?: () => number;
}

/** The least time between two states that are shown, on a terminal and elsewhere. */
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
  /** What was done before the start: it does not count for the pace. */
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
    update(done, all) {
      first ??= done;
      state = { done, all };
      const nowMs = now();
      // Without a terminal, work that ends at once gets its last line only.
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
