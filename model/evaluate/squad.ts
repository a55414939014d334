import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** A question of a data set. */
export interface Question {
  id: string;
  question: string;
  /** The annotators' answers; none where the context has no answer. */
  answers: string[];
}

/** A text, and the questions about it. */
export interface Paragraph {
  context: string;
  questions: Question[];
}

/** The data cannot be read. The message says what was expected and what came. */
export class DataError extends Error {
  override name = 'DataError';
}

const Document = v.looseObject({
  data: v.array(
    v.looseObject({
      paragraphs: v.array(
        v.looseObject({
          context: v.string(),
          qas: v.array(
            v.looseObject({
              id: v.string(),
              question: v.string(),
              is_impossible: v.optional(v.boolean(), false),
              answers: v.array(v.looseObject({ text: v.string() })),
            }),
          ),
        }),
      ),
    }),
  ),
});

/**
 * Reads a file in the format of SQuAD 1.1 or 2.0.
 *
 * @param limit most questions to read
 * @throws DataError
 */
export async function readSquad(file: string, limit = Number.POSITIVE_INFINITY): Promise<Paragraph[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new DataError(`Expected a file that can be read, got ${file}: ${error.code}`);
  });
  const paragraphs: Paragraph[] = [];
  const ids = new Set<string>();
  for (const { context, qas } of parse(text, file).data.flatMap((article) => article.paragraphs)) {
    const questions: Question[] = [];
    for (const { id, question, is_impossible, answers } of qas) {
      if (ids.size >= limit) break;
      if (ids.has(id))
        throw new DataError(`Expected every question of ${file} to have an id of its own, got "${id}" twice`);
      ids.add(id);
      questions.push({ id, question, answers: is_impossible ? [] : answers.map((answer) => answer.text) });
    }
    if (questions.length > 0) paragraphs.push({ context, questions });
  }
  if (paragraphs.length === 0) throw new DataError(`Expected questions in ${file}, got none`);
  return paragraphs;
}

function parse(text: string, file: string): v.InferOutput<typeof Document> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new DataError(`Expected JSON in ${file}: ${(error as Error).message}`);
  }
  const result = v.safeParse(Document, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DataError(
    `Expected SQuAD's format in ${file}: at "${v.getDotPath(issue) ?? ''}" ${issue.expected}, got ${issue.received}`,
  );
}
