import * as v from 'valibot';
import type { Paragraph, Question } from './squad.ts';

/** The function's handler, as its bundle exports it. */
export type Handler = (event: unknown, context: { awsRequestId: string }) => Promise<unknown>;

/** A question, and what the function answered. */
export interface Outcome extends Question {
  /** Empty where the function finds no answer. */
  predicted?: string;
  /** The code and the message of the function's error, where it answered with one. */
  error?: string;
}

/** The function cannot answer any question. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

/** Most questions of a request: see docs/api.md. */
const MAX_QUESTIONS = 100;

const Failure = v.looseObject({ error: v.looseObject({ code: v.string(), message: v.string() }) });
const Answers = v.array(v.union([Failure, v.looseObject({ answer: v.string() })]));

/**
 * Asks the function all questions about a paragraph, in as few requests as possible. Each request is an event of a direct invocation.
 * Where no question of a request can be answered, the answer is a single error. Then each of its questions is asked alone.
 *
 * @param noAnswer whether the empty answer may win
 * @throws FunctionError when the model cannot be loaded
 */
export async function* askParagraph(
  handler: Handler,
  { context, questions }: Paragraph,
  noAnswer: boolean,
): AsyncGenerator<Outcome[]> {
  const ask = async (asked: Question[]): Promise<Outcome[]> => {
    const event = { question: asked.map((each) => each.question), context, handle_impossible_answer: noAnswer };
    const response = await handler(event, { awsRequestId: crypto.randomUUID() }).catch(failureOf);
    const answers = v.safeParse(Answers, response);
    if (!answers.success) {
      const { error } = v.parse(Failure, response);
      if (error.code === 'MODEL_UNAVAILABLE') throw new FunctionError(`${error.code}: ${error.message}`);
      return asked.map((each) => ({ ...each, error: `${error.code}: ${error.message}` }));
    }
    return asked.map((each, i) => {
      const answer = answers.output[i]!;
      if (!v.is(Failure, answer)) return { ...each, predicted: answer.answer };
      return { ...each, error: `${answer.error.code}: ${answer.error.message}` };
    });
  };

  for (let first = 0; first < questions.length; first += MAX_QUESTIONS) {
    const asked = questions.slice(first, first + MAX_QUESTIONS);
    const outcomes = await ask(asked);
    if (asked.length === 1 || outcomes.some(({ error }) => error === undefined)) yield outcomes;
    else for (const each of asked) yield await ask([each]);
  }
}

/** A function error, in the form of any other error: a direct invocation gets one for an error that may be retried. */
function failureOf({ name, message }: Error): v.InferOutput<typeof Failure> {
  return { error: { code: name, message } };
}
