import { expect, test } from 'vitest';
import { loadPipeline } from '../../fixtures/load-pipeline.ts';
import { DeadlineExceededError } from '../../model/deadline.ts';
import { InvalidParameterError } from '../errors.ts';
import { createPipeline, QuestionTooLongError } from './pipeline.ts';

const qa = await loadPipeline('model');
const FILLER = 'The river carries barges past the old mill. ';

test.each([
  ['one sentence', 'Where do I live?', 'My name is Wolfgang and I live in Berlin.', 'Berlin'],
  [
    'emoji before the answer',
    'Where was the party?',
    'Yesterday 🎉🎉👩‍👩‍👧 we had a party in Zürich with friends.',
    'Zürich',
  ],
  [
    'white space that is kept',
    'Where do I live?',
    `My name is Wolfgang ${'\n'.repeat(10)} and I live in Berlin`,
    'Berlin',
  ],
  ['a literal [SEP]', 'Where do I live?', 'My name is [SEP] and I live in Berlin.', 'Berlin'],
  ['many windows', 'When was Anna born?', `${FILLER.repeat(150)}Anna was born in 1984. ${FILLER.repeat(100)}`, '1984'],
])('the answer is a piece of the context: %s', async (_, question, context, expected) => {
  const [{ answer, start, end, score } = { answer: 'none', start: 0, end: 0, score: 0 }] = await qa.answer(
    question,
    context,
  );
  expect(answer).toBe(expected);
  expect(context.slice(start, end)).toBe(answer);
  expect(score).toBeGreaterThan(0);
});

test('a text is read in as many windows as it needs, none longer than the model allows', () => {
  const windows = qa.prepare('When was Anna born?', FILLER.repeat(100));
  expect(windows.length).toBeGreaterThan(2);
  for (const { input, window } of windows) {
    expect(input.inputIds.length).toBeLessThanOrEqual(384);
    expect(input.tokenTypeIds.filter((type) => type === 1n)).toHaveLength(window.end - window.first + 1);
  }
});

test('a context without a single token has one empty answer', async () => {
  expect(await qa.answer('Who?', '\u200b', { topK: 3 })).toEqual([{ answer: '', score: 0, start: 0, end: 0 }]);
});

test.each([
  ['a question that leaves a long context no room', 'why '.repeat(300), FILLER.repeat(50), {}, QuestionTooLongError],
  ['an empty question', '', 'In Berlin.', {}, InvalidParameterError],
  ['an empty context', 'Where?', '', {}, InvalidParameterError],
  ['a window longer than the model', 'Where?', FILLER.repeat(90), { maxSeqLen: 513 }, InvalidParameterError],
])('%s is refused', async (_, question, context, parameters, error) => {
  await expect(qa.answer(question, context, parameters)).rejects.toThrow(error);
});

/** A pipeline of words as tokens, whose runs take so long on a clock of its own. */
function slowPipeline(msPerRun: number) {
  const vocabulary = (text: string) => text.split(' ').map((_, i) => i);
  const encode = (text: string, checkTime = () => {}) => {
    const ids = vocabulary(text);
    for (const _ of ids) checkTime();
    return { text, ids, words: ids, starts: ids.map((i) => 2 * i), ends: ids.map((i) => 2 * i + 1) };
  };
  let clock = 0;
  let runs = 0;
  const run = async ({ inputIds }: { inputIds: BigInt64Array }) => {
    clock += msPerRun;
    runs++;
    return { start_logits: new Float32Array(inputIds.length), end_logits: new Float32Array(inputIds.length) };
  };
  const limits = { modelMaxLength: 512, maxPositions: 512, modelDigest: '', now: () => clock };
  const token = { id: 1, type: 0 };
  const sequences = {
    single: { before: [token], type: 0, after: [token] },
    pair: { before: [token], firstType: 0, between: [token], secondType: 1, after: [token] },
  };
  const pipeline = createPipeline({ tokenizer: { encode }, sequences, session: { outputNames: [], run }, ...limits });
  /** What is left of a time that begins now. */
  const within = (ms: number) => {
    const end = clock + ms;
    return () => end - clock;
  };
  return { pipeline, within, runs: () => runs, elapsedMs: () => clock };
}

test('a model that takes 1.5 s a window refuses a text that it cannot finish after the first window, and no run exceeds the time', async () => {
  const { pipeline, within, runs, elapsedMs } = slowPipeline(1500);
  const long = 'a '.repeat(10_000).trim();
  await expect(pipeline.answer('q', long, {}, within(27_250))).rejects.toThrow(DeadlineExceededError);
  expect([runs(), elapsedMs()]).toEqual([1, 1500]);
  expect(await pipeline.answer('q', 'a '.repeat(1000).trim(), {}, within(27_250))).toHaveLength(1);
  const before = runs();
  await expect(pipeline.answer('q', long, {}, within(1000))).rejects.toThrow(DeadlineExceededError);
  expect(runs()).toBe(before); // it is known by now what the least is that a window takes
});

test('a text is not even read when time is up', async () => {
  const { pipeline, within, runs } = slowPipeline(1);
  await expect(pipeline.answer('q', 'a '.repeat(1000), {}, within(0))).rejects.toThrow(
    'Expected time to read the text',
  );
  expect(runs()).toBe(0);
});

test('many questions about one text tokenise it once', () => {
  const encoded: string[] = [];
  const nothing = { text: '', ids: [], words: [], starts: [], ends: [] };
  const encode = (text: string) => {
    encoded.push(text);
    return nothing;
  };
  const session = { outputNames: [], run: () => Promise.reject(new Error('not asked')) };
  const limits = { modelMaxLength: 512, maxPositions: 512, modelDigest: '', now: () => 0 };
  const before = [{ id: 1, type: 0 }];
  const sequences = {
    single: { before, type: 0, after: [] },
    pair: { before, firstType: 0, between: [], secondType: 1, after: [] },
  };
  const pipeline = createPipeline({ tokenizer: { encode }, sequences, session, ...limits });
  for (const [question, context] of [
    ['q1', 'c1'],
    ['q2', 'c1'],
    ['q1', 'c2'],
  ] as const)
    pipeline.prepare(question, context);
  expect(encoded).toEqual(['q1', 'c1', 'q2', 'q1', 'c2']);
});

test('the digest is that of the model file', () => {
  expect(qa.modelDigest).toMatch(/^[0-9a-f]{64}$/);
});
