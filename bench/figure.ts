import { median, type Round, roundDifferences, roundRatios, type Spread, spread } from './statistics.ts';

/** One line of the table. */
export interface Figure extends Spread {
  /** Its short name, such as `P1`. */
  figure: string;
  what: string;
  unit: 'ratio' | 'ms' | 'MB' | 'records/s';
  /** The most that the median may be; of records/s, the least. Absent, as `met` then is: the figure is told for what it is. */
  goal?: number;
  met?: boolean;
  /** Each subject's p50 in milliseconds, the median over the rounds. */
  p50Ms?: Record<string, number>;
  rounds: number;
}

type Meaning = Pick<Figure, 'figure' | 'what' | 'unit' | 'goal'>;

/** A figure over the values of the rounds. The goal is for the median. */
export function figureOf(meaning: Meaning, values: readonly number[]): Figure {
  const over = spread(values);
  const { goal, unit } = meaning;
  const met = goal === undefined ? {} : { met: unit === 'records/s' ? over.median >= goal : over.median <= goal };
  return { ...meaning, ...over, ...met, rounds: values.length };
}

/** How much longer one subject takes than another. */
export function ratioFigure(
  meaning: Omit<Meaning, 'unit'>,
  rounds: readonly Round[],
  subject: string,
  reference: string,
): Figure {
  const ratios = roundRatios(rounds, subject, reference);
  return { ...figureOf({ ...meaning, unit: 'ratio' }, ratios), p50Ms: p50OfEach(rounds, [subject, reference]) };
}

/** How many milliseconds one subject takes more than another. */
export function differenceFigure(
  meaning: Omit<Meaning, 'unit'>,
  rounds: readonly Round[],
  subject: string,
  reference: string,
): Figure {
  const differences = roundDifferences(rounds, subject, reference);
  return { ...figureOf({ ...meaning, unit: 'ms' }, differences), p50Ms: p50OfEach(rounds, [subject, reference]) };
}

function p50OfEach(rounds: readonly Round[], names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, p50OverRounds(rounds, name)]));
}

/** The same over each of several others, the fastest first: the goal is about that one, and stands on its line alone. */
export function overPeers(
  { what, goal, ...meaning }: Omit<Meaning, 'unit'>,
  rounds: readonly Round[],
  subject: string,
  peers: readonly string[],
): Figure[] {
  const fastestFirst = [...peers].sort((a, b) => p50OverRounds(rounds, a) - p50OverRounds(rounds, b));
  return fastestFirst.map((peer, at) =>
    at === 0
      ? ratioFigure({ ...meaning, what: `${what} over ${peer}, the faster`, goal }, rounds, subject, peer)
      : ratioFigure({ ...meaning, what: `${what} over ${peer}` }, rounds, subject, peer),
  );
}

function p50OverRounds(rounds: readonly Round[], subject: string): number {
  return median(rounds.map((round) => median(round[subject] ?? [])));
}
