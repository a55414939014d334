import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import type { Round } from './statistics.ts';
import type { Question, Reply } from './subjects/serve.ts';

/** Something that answers questions and tells how long each took. */
export interface Subject {
  name: string;
  /** @throws Error when there is no answer */
  ask(question: Question): Promise<Exclude<Reply, { error: string }>>;
}

export interface Interleaving {
  rounds: number;
  /** Wait before each question, in milliseconds, until the subject before it has come to rest. */
  pauseMs: number;
  progress: Progress;
  /** Rounds that are run first and not counted: caches fill, code is compiled. @default 2 */
  warmUpRounds?: number;
}

/**
 * In which order `count` subjects take turn number `turn`: each is first, second, last equally often, and follows each of the others
 * equally often, so that none profits from its place. ABC BCA CAB, then the same backwards.
 */
export function turnOrder(count: number, turn: number): number[] {
  const order = Array.from({ length: count }, (_, i) => (i + turn) % count);
  return Math.floor(turn / count) % 2 === 0 ? order : order.reverse();
}

/**
 * Asks every subject every question, subject by subject within a question, for so many rounds.
 *
 * @returns the rounds, and the answers of the last one: by subject, one for each question
 */
export async function measureInterleaved(
  subjects: readonly Subject[],
  questions: readonly Question[],
  { rounds, pauseMs, progress, warmUpRounds = 2 }: Interleaving,
): Promise<{ rounds: Round[]; answers: Record<string, string[]> }> {
  const measured: Round[] = [];
  let answers: Record<string, string[]> = {};
  for (let index = -warmUpRounds; index < rounds; index++) {
    const round: Round = Object.fromEntries(subjects.map(({ name }) => [name, []]));
    answers = Object.fromEntries(subjects.map(({ name }) => [name, []]));
    for (const [turn, question] of questions.entries()) {
      for (const at of turnOrder(subjects.length, turn + (index + warmUpRounds) * questions.length)) {
        const subject = subjects[at]!;
        if (pauseMs > 0) await sleep(pauseMs);
        const { ms, answer } = await subject.ask(question);
        round[subject.name]!.push(ms);
        answers[subject.name]!.push(answer);
      }
    }
    if (index >= 0) measured.push(round);
    progress(index + warmUpRounds + 1, rounds + warmUpRounds);
  }
  return { rounds: measured, answers };
}
