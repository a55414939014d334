import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';

/** The answer that an event must get, and the records that it must leave. */
const Expected = v.strictObject({
  status: v.number(),
  /** Keys and values that the answer's body must have. It may have more keys, but a list must have as many items. */
  body: v.optional(v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]), {}),
  /** The statuses of its records. @default one record, with the answer's status */
  records: v.optional(v.array(v.number())),
  /** Bounds of the answer's score. Its last digits differ from one processor to the next. */
  score: v.optional(v.strictObject({ atLeast: v.optional(v.number()), atMost: v.optional(v.number()) }), {}),
});
export type Expected = v.InferOutput<typeof Expected>;

export interface Fixture {
  name: string;
  event: object;
  expected: Expected;
}

/** The events for one task, and the model that answers them. */
export interface Suite {
  /** The events, each a folder. */
  folder: string;
  /** The model's folder; absent: the model in the bundle. */
  modelDir?: string;
}

export const SUITES: readonly Suite[] = [
  { folder: 'events/question-answering' },
  {
    folder: 'events/text-classification',
    modelDir: path.resolve('test/oracles/huggingface/classifiers/bert-single-label'),
  },
];

/** The events of a folder, each a folder with `event.json` and `expected.json`, by name. */
export async function readFixtures(folder: string): Promise<Fixture[]> {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    names
      .map(({ name }) => name)
      .sort()
      .map(async (name) => {
        const json = async (file: string) => JSON.parse(await readFile(path.join(folder, name, file), 'utf8'));
        return { name, event: await json('event.json'), expected: v.parse(Expected, await json('expected.json')) };
      }),
  );
}
