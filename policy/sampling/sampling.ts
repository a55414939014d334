import type { PolicyMarks } from '../../capture/stored-line.ts';
import type { Sampling } from '../document.ts';
import type { Exchange } from '../exchange.ts';
import type { LeftOut } from '../policy.ts';
import { compileSource, SAMPLING_SOURCES } from '../sources.ts';
import { compileCondition } from './condition.ts';
import { fractionOf } from './fraction.ts';
import { createRateLimit } from './rate-limit.ts';

/** Whether the sample has a record, and the marks that say why. */
export type Verdict = ({ keep: true } & Pick<PolicyMarks, 'sampleRate' | 'sampledBy'>) | LeftOut;

const KEEP: Verdict = { keep: true, sampleRate: 1 };

/**
 * Decides which records a sample has. The verdict follows from the record alone, so the same record gets the same one everywhere; only the limit on
 * records a second depends on what came before. Errors come before the rules and are never over the limit if they are always kept.
 *
 * @param now milliseconds of a monotonic clock
 */
export function compileSampling(sampling: Sampling | undefined, now: () => number): (exchange: Exchange) => Verdict {
  if (sampling === undefined) return () => KEEP;
  const { keepErrors, recordsPerSecond } = sampling;
  const rateOf = compileRates(sampling);
  const idOf = compileSource(sampling.by, SAMPLING_SOURCES);
  const limit = recordsPerSecond === undefined ? undefined : createRateLimit(recordsPerSecond, now);
  return (exchange) => {
    if (keepErrors && isError(exchange)) {
      limit?.take(); // it is one of this second's
      return KEEP;
    }
    const { rate, ...by } = rateOf(exchange);
    if (rate < 1 && fractionOf(idOf(exchange) ?? exchange.record.eventId) >= rate)
      return { keep: false, reason: 'NOT_SAMPLED', ...by };
    if (limit !== undefined && !limit.take()) return { keep: false, reason: 'RATE_LIMITED', ...by };
    return { keep: true, sampleRate: rate, ...by };
  };
}

function isError({ record: { status, errorCode } }: Exchange): boolean {
  return status >= 400 || errorCode !== undefined;
}

/** The rate that counts for a record, and the rule that set it, if one did. */
function compileRates({ rules, rate }: Sampling): (exchange: Exchange) => { rate: number; sampledBy?: string } {
  const compiled = rules.map(({ name, when, rate }) => ({
    fits: compileCondition(when),
    set: { rate, sampledBy: name },
  }));
  const otherwise = { rate };
  return (exchange) => compiled.find(({ fits }) => fits(exchange))?.set ?? otherwise;
}
