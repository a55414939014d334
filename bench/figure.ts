import { median, type Round, roundDifferences, roundRatios, type Spread, spread } from './statistics.ts';

/** One line of the table. */
export interface Figure extends Spread {
  /** Its short name, such as `P1`. */
  figure: string;
  what: string;
  unit: 'ratio' | 'ms' | 'µs' | 'MB' | 'records/s';
  /** The most that the median may be; for records/s, the least. Some figures have no goal. */
  goal?: number;
  /** Whether the goal is met. Only with a goal. */
  met?: boolean;
  /** Each subject's p50 in milliseconds, the median over the rounds. */
  p50Ms?: Record<string, number>;
  rounds: number;
}

type Description = Pick<Figure, 'figure' | 'what' | 'unit' | 'goal'>;

/** A figure over the values of the rounds. The goal is for the median. */
export function figureOf(description: Description, values: readonly number[]): Figure {
  const over = spread(values);
  const { goal, unit } = description;
  const met = goal === undefined ? {} : { met: unit === 'records/s' ? over.median >= goal : over.median <= goal };
  return { ...description, ...over, ...met, rounds: values.length };
}

const COMPARED = { ratio: roundRatios, ms: roundDifferences };

/** The p50 of one subject compared with that of another, round by round: divided by it (`ratio`), or minus it (`ms`). */
export function comparison(
  description: Description & { unit: keyof typeof COMPARED },
  rounds: readonly Round[],
  subject: string,
  reference: string,
): Figure {
  const values = COMPARED[description.unit](rounds, subject, reference);
  return { ...figureOf(description, values), p50Ms: p50OfEach(rounds, [subject, reference]) };
}

function p50OfEach(rounds: readonly Round[], names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, p50OverRounds(rounds, name)]));
}

/** The ratios of one subject to several peers, the fastest peer first. Only the ratio to the fastest has a goal. */
export function overPeers(
  { what, goal, ...description }: Omit<Description, 'unit'>,
  rounds: readonly Round[],
  subject: string,
  peers: readonly string[],
): Figure[] {
  const fastestFirst = [...peers].sort((a, b) => p50OverRounds(rounds, a) - p50OverRounds(rounds, b));
  return fastestFirst.map((peer, at) => {
    const own = at === 0 ? { what: `${what} over ${peer}, the faster`, goal } : { what: `${what} over ${peer}` };
    return comparison({ ...description, ...own, unit: 'ratio' }, rounds, subject, peer);
  });
}

function p50OverRounds(rounds: readonly Round[], subject: string): number {
  return median(rounds.map((round) => median(round[subject] ?? [])));
}
