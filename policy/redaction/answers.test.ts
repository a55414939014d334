import fc from 'fast-check';
import { expect, test } from 'vitest';
import { json, recordOf, redactorOf, type WrittenRule } from './fixtures/redact.ts';

interface Answer {
  answer: string;
  score: number;
  start: number;
  end: number;
}

const answerIn = (context: string, start: number, end: number): Answer => ({
  answer: context.slice(start, end),
  score: 0.5,
  start,
  end,
});

const EMAIL: WrittenRule = { name: 'mail', detect: ['email'] };
const CONTEXT = 'Write to a.smith@x.org, or ask Bob.';

async function redacted(input: unknown, output: unknown, ...rules: WrittenRule[]) {
  const { record } = (await redactorOf(...rules)).record(recordOf({ input: json(input), output: json(output) }));
  return { input: JSON.parse(record.input!.data), output: JSON.parse(record.output!.data) };
}

test.each<[string, string, WrittenRule, Answer]>([
  ['after a value keeps its text', 'Bob', EMAIL, { answer: 'Bob', score: 0.5, start: 25, end: 28 }],
  ['before a value is the same', 'Write', EMAIL, { answer: 'Write', score: 0.5, start: 0, end: 5 }],
  ['that is a value has its token', 'a.smith@x.org', EMAIL, { answer: '[email]', score: 0.5, start: 9, end: 16 }],
  ['that is a part of a value has its token', 'smith', EMAIL, { answer: '[email]', score: 0.5, start: 9, end: 16 }],
  ['that begins in a value', 'org, or ask', EMAIL, { answer: '[email], or ask', score: 0.5, start: 9, end: 24 }],
  ['in a value that was dropped', 'smith', { ...EMAIL, action: 'drop' }, { answer: '', score: 0.5, start: 9, end: 9 }],
  [
    'behind the end of a context that was truncated',
    'Bob',
    { name: 'p', path: '$.context', action: 'truncate', length: 5, in: ['input'] },
    { answer: '', score: 0.5, start: 5, end: 5 },
  ],
  [
    'in a context that was replaced',
    'Bob',
    { name: 'p', path: '$.context', in: ['input'] },
    { answer: '[p]', score: 0.5, start: 0, end: 3 },
  ],
  [
    'in a context that was dropped',
    'Bob',
    { name: 'p', path: '$.context', action: 'drop' },
    { answer: '', score: 0.5, start: 0, end: 0 },
  ],
  [
    'by a rule for the input alone',
    'smith',
    { ...EMAIL, in: ['input'] },
    { answer: '[email]', score: 0.5, start: 9, end: 16 },
  ],
  // The context keeps the value, as nothing else was asked for.
  [
    'by a rule for the output alone',
    'a.smith@x.org',
    { ...EMAIL, in: ['output'] },
    { answer: '[email]', score: 0.5, start: 9, end: 22 },
  ],
])('an answer %s', async (_name, text, rule, expected) => {
  const start = CONTEXT.indexOf(text);
  const { output } = await redacted(
    { question: 'Who?', context: CONTEXT },
    answerIn(CONTEXT, start, start + text.length),
    rule,
  );
  expect(output).toEqual(expected);
});

test('an answer whose offsets count something else is hidden where its text was hidden', async () => {
  const context = '😀 a.smith@x.org';
  const { output } = await redacted({ context }, { answer: 'smith', score: 1, start: 4, end: 9 }, EMAIL);
  expect(output).toEqual({ answer: '[email]', score: 1, start: 4, end: 9 });
});

test('what is found in an answer by itself is hidden in the context', async () => {
  const context = 'No 41111111111111110.'; // 17 digits: no card
  const { input, output } = await redacted({ context }, answerIn(context, 3, 19), { name: 'cards', detect: ['card'] });
  expect(input.context).toBe('No [card]0.');
  expect(output).toEqual({ answer: '[card]', score: 0.5, start: 3, end: 9 });
});

test('what is found in an answer by itself with its escapes undone is hidden in the context', async () => {
  const value = '\\u0034111111111111111';
  const context = `No 1${value}.`; // 17 digits
  const { input, output } = await redacted({ context }, answerIn(context, 4, 4 + value.length), {
    name: 'cards',
    detect: ['card'],
  });
  expect(input.context).toBe('No 1[card].');
  expect(output).toEqual({ answer: '[card]', score: 0.5, start: 4, end: 10 });
});

test('answers that are no spans of their context are hidden whole if there are too many different ones', async () => {
  const answers = Array.from({ length: 150 }, (_, at) => ({ answer: `no ${at}`, score: 0.5, start: 0, end: 1 }));
  const { output } = await redacted({ context: CONTEXT }, answers, EMAIL);
  expect(output.map(({ answer }: Answer) => answer)).toEqual(answers.map(({ answer }, at) => (at < 100 ? answer : '')));
});

test('a context that cannot be read withholds the input, and the answer is searched by itself', async () => {
  const { record, withheld } = (await redactorOf(EMAIL, { name: 'p', path: '$.a' })).record(
    recordOf({
      input: json('{"context": "a.smith@x.org'),
      output: json({ answer: 'a.smith@x.org', start: 0, end: 13 }),
    }),
  );
  expect(withheld).toEqual({ input: 'UNREADABLE' });
  expect(record.output!.data).toBe('{"answer":"[email]","start":0,"end":13}');
});

/** Contexts with values in them, and characters that JSON escapes or UTF-16 has two units of. */
const contexts = fc
  .array(
    fc.oneof(
      fc.constantFrom('a.smith@x.org', '4111111111111111', '"', '\\', '😀', '\n', ' and ', 'é', '[email]'),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(' '));
const spans = (context: string) =>
  fc
    .tuple(fc.nat(context.length), fc.nat(context.length))
    .map(([one, other]) => answerIn(context, Math.min(one, other), Math.max(one, other)));
const questions = contexts.chain((context) =>
  fc.tuple(fc.constant(context), fc.array(spans(context), { minLength: 1, maxLength: 4 })),
);

interface Exchange {
  input: unknown;
  output: unknown;
  /** The names and indices that lead to the context, and to the answers. */
  context: (string | number)[];
  answers: (string | number)[][];
}

const question = '?';
const shapes: ((context: string, answers: Answer[]) => Exchange)[] = [
  (context, [answer]) => ({ input: { question, context }, output: answer, context: ['context'], answers: [[]] }),
  (context, answers) => ({
    input: { inputs: { question, context } },
    output: answers,
    context: ['inputs', 'context'],
    answers: answers.map((_, index) => [index]),
  }),
  (context, answers) => ({
    input: { question: [question], context },
    output: [answers],
    context: ['context'],
    answers: answers.map((_, index) => [0, index]),
  }),
  (context, [answer]) => ({
    input: {
      inputs: [
        { question, context: 'b@x.org' },
        { question, context },
      ],
    },
    output: [answerIn('b@x.org', 0, 2), answer],
    context: ['inputs', 1, 'context'],
    answers: [[1]],
  }),
];
const at = (value: unknown, [name, ...names]: (string | number)[]): unknown =>
  name === undefined ? value : at((value as Record<string | number, unknown>)[name], names);

const actions = fc.constantFrom<WrittenRule>(
  EMAIL,
  { ...EMAIL, action: 'hash' },
  { ...EMAIL, action: 'mask', keepLast: 2 },
  { ...EMAIL, action: 'truncate', length: 3 },
  { ...EMAIL, action: 'drop' },
);

test('an answer is the redacted context from its start up to its end', async () => {
  await fc.assert(
    fc.asyncProperty(questions, fc.constantFrom(...shapes), actions, async ([context, answers], shape, rule) => {
      const exchange = shape(context, answers);
      const cards: WrittenRule = { name: 'cards', detect: ['card'], action: 'mask', in: ['input', 'output'] };
      const { input, output } = await redacted(exchange.input, exchange.output, rule, cards);
      const redactedContext = at(input, exchange.context) as string;
      for (const names of exchange.answers) {
        const { answer, start, end } = at(output, names) as Answer;
        expect(answer).toBe(redactedContext.slice(start, end));
      }
    }),
    { numRuns: 1000 },
  );
});

test('no answer shows a part of a value of the context', async () => {
  // No letter of the value is anywhere else.
  const around = fc.stringMatching(/^[aeiou ]{0,8}$/);
  const planted = fc.tuple(around, around).map(([before, after]) => `${before} zzkwq@zz.qq ${after}`);
  await fc.assert(
    fc.asyncProperty(
      planted.chain((context) => fc.tuple(fc.constant(context), spans(context))),
      async ([context, answer]) => {
        const result = await redacted({ question: '?', context }, answer, { ...EMAIL, action: 'mask' });
        expect(JSON.stringify([result.input.context, result.output.answer])).not.toMatch(/[zkwq]/);
      },
    ),
  );
});
