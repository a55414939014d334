import * as v from 'valibot';
import type { FlushStrategy } from '../lifecycle/flush-policy.ts';

/** A day. No environment lives as long. */
const MAX_INTERVAL_MS = 86_400_000;

/** CAPTURE_FLUSH_STRATEGY. `periodically` is written as operators of other extensions know it: with its interval after a comma. */
export const FlushStrategyVariable = v.pipe(
  v.string(),
  v.check(
    (text) => parse(text) !== undefined,
    (issue) =>
      `"adaptive", "end", "periodically,MS" (MS: 1 to ${MAX_INTERVAL_MS} milliseconds) or "at-shutdown", got "${issue.input}"`,
  ),
  v.transform((text) => parse(text)!),
);

function parse(text: string): FlushStrategy | undefined {
  const kind = text.toLowerCase();
  if (kind === 'adaptive' || kind === 'end' || kind === 'at-shutdown') return { kind };
  const intervalMs = Number(/^periodically\s*,\s*(\d+)$/.exec(kind)?.[1]);
  return intervalMs >= 1 && intervalMs <= MAX_INTERVAL_MS ? { kind: 'periodically', intervalMs } : undefined;
}
