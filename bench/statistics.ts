/** How a figure spread over the rounds of one run. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/**
 * The `p` quantile of a sample, interpolated between its two nearest values.
 *
 * Source: Hyndman and Fan (1996), definition 7, the default of R and NumPy.
 *
 * @param p from 0 to 1
 * @throws RangeError for an empty sample or a `p` outside
 */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) throw new RangeError('Expected at least one value, got none');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`Expected \`p\` from 0 to 1, got ${p}`);
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

/** The p50. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @throws RangeError for an empty sample */
export function spread(values: readonly number[]): Spread {
  return { min: quantile(values, 0), median: median(values), max: quantile(values, 1) };
}

/** One round of an interleaved measurement: for each subject, by name, the milliseconds of each of its answers. */
export type Round = Record<string, number[]>;

/**
 * The p50 of one subject minus that of another, round by round, in milliseconds.
 *
 * @throws RangeError when a round lacks a subject
 */
export function roundDifferences(rounds: readonly Round[], subject: string, reference: string): number[] {
  return rounds.map((round) => median(round[subject] ?? []) - median(round[reference] ?? []));
}

/**
 * The p50 of one subject divided by that of another, round by round. What slows the machine for a while slows both, and cancels out.
 *
 * @throws RangeError when a round lacks a subject
 */
export function roundRatios(rounds: readonly Round[], subject: string, reference: string): number[] {
  return rounds.map((round) => median(round[subject] ?? []) / median(round[reference] ?? []));
}
