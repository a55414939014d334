import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from './progress.ts';
import type { Round } from './statistics.ts';
import type { Question, Reply } from './subjects/serve.ts';

/** Something that answers questions and says how long each answer took. */
export interface Subject {
  name: string;
  /** @throws Error when there is no answer */
  ask(question: Question): Promise<Exclude<Reply, { error: string }>>;
}

export interface Interleaving {
  rounds: number;
  /** Pause before each question, in milliseconds: the subject that was asked before comes to rest meanwhile. */
  pauseMs: number;
  progress: Progress;
  /** Rounds that come first and do not count: caches fill, code is compiled. @default 2 */
  warmUpRounds?: number;
}

/**
 * The order of `count` subjects in turn number `turn`. Each subject has each place equally often, and follows each other subject equally
 * often, so that no subject profits from its place: ABC BCA CAB, then the same backwards.
 */
export function turnOrder(count: number, turn: number): number[] {
  const order = Array.from({ length: count }, (_, i) => (i + turn) % count);
  return Math.floor(turn / count) % 2 === 0 ? order : order.reverse();
}

/**
 * Asks every subject every question, round by round. All subjects answer a question before the next question comes.
 *
 * @returns the times of each round, and the answers of the last round: by subject, one for each question
 * @throws {Error} where a subject cannot answer
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
