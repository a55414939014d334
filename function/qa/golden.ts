/** For the parity tests: the golden files of test/oracles/huggingface/, and how our answers are held against them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { loadPipeline } from './load-pipeline.ts';
import type { Answer, QaParameters, QaPipeline } from './pipeline.ts';
import { openModel } from './prepared-model.ts';
import { thisProcessor, type WeightForm } from './processor.ts';
import { createSession, type ModelFile } from './session.ts';
import { createTokenizer } from './tokenizer.ts';

const SIGNED_ARE_EXACT = ['avx512-vnni', 'avx-vnni', 'arm64'].includes(thisProcessor().kind);

/**
 * The forms of a model's weights that this processor multiplies exactly: answers are the same with each. Of two products of signed weights, AVX2 cuts
 * the sum to 16 bits.
 */
export const EXACT_FORMS: readonly WeightForm[] = SIGNED_ARE_EXACT ? ['signed', 'unsigned'] : ['unsigned'];

interface Case {
  question: string;
  /** Texts, and texts that are repeated. */
  context: (string | [string, number])[];
  parameters: Record<string, number | boolean>;
  /** score, start, end; offsets in UTF-16 code units. Answers of score 0 are left out. */
  answers?: [number, number, number][];
  error?: string;
}

interface Probe extends Pick<Case, 'question' | 'context'> {
  startLogits: number[];
  endLogits: number[];
}

const BLOCK = 4096;

/** Vocabularies, with their normalisers, that every character was put to: models of one family may share theirs. */
const asked = new Set<string>();

/**
 * The tests that hold the model of `folder` against what the Python QuestionAnsweringPipeline of transformers answered over the same model file.
 *
 * int8 kernels give the same logits on every run, but not on every type of processor: a sum in another order can round to another int8.
 * Where this processor gives the logits that the golden file has for its probes, every span must be the same and every score within
 * 1e-4. Where it does not, the model itself says something else: then nine of ten best answers must be the same, with scores within 0.05.
 * Errors and tokens must be the same everywhere.
 */
export async function testAgainst(golden: string, folder: string): Promise<void> {
  const [head, ...lines] = (await readFile(golden, 'utf8')).trimEnd().split('\n');
  const { probes, tokensOfBlocks } = JSON.parse(head!) as { probes: Probe[]; tokensOfBlocks: (string | null)[] };
  const cases = lines.map((line) => JSON.parse(line) as Case);
  const { settings, weights } = await openModel(folder, thisProcessor().weights);
  const { encode } = createTokenizer(settings.tokenizer);
  const qa = await loadPipeline(folder, 1);
  const sameLogits = await givesTheLogits(await weights, qa, probes);
  const likeness = { like: 0, unlike: 0 };

  const { model, ...rest } = settings.tokenizer;
  const vocabulary = JSON.stringify([...(model.vocab as Map<string, number>), 'normalizer' in rest && rest.normalizer]);
  test.skipIf(asked.has(vocabulary))(
    'every character of Unicode gives the tokens, words and offsets of the Rust tokenizer',
    () => {
      const differing = tokensOfBlocks.flatMap((expected, block) => {
        if (expected === null) return [];
        const { ids, words, starts, ends } = encode(charactersOfBlock(block * BLOCK));
        const found = createHash('sha256')
          .update(JSON.stringify([ids, words, starts, ends]))
          .digest('hex');
        return found.startsWith(expected) ? [] : [(block * BLOCK).toString(16)];
      });
      expect(differing).toEqual([]);
    },
    120_000,
  );

  asked.add(vocabulary);

  test.each(cases.map((each, number) => ({ name: `${number} ${JSON.stringify(each).slice(0, 100)}`, ...each })))(
    'as in Python: $name',
    async ({ question, context, parameters, answers: expected, error }) => {
      const text = whole(context);
      const answering = qa.answer(question, text, camelCased(parameters));
      if (expected === undefined) {
        await expect(answering, `Python: ${error}`).rejects.toThrow(/^Expected .+, got .+$/);
        return;
      }
      const found = await answering;
      for (const { answer, start, end } of found) expect(answer).toBe(text.slice(start, end));
      const inPython = expected.map(([score, start, end]) => ({ score, start, end, answer: text.slice(start, end) }));
      if (sameLogits) expectSame(found, inPython);
      else likeness[sameBest(found[0], inPython[0]) ? 'like' : 'unlike']++;
    },
  );

  if (!sameLogits) {
    test('on a processor with other logits, nine of ten best answers are as in Python', () => {
      expect(likeness.unlike).toBeLessThan(likeness.like / 9);
    });
  }

  afterAll(() => {
    const { like, unlike } = likeness;
    const how = sameLogits
      ? 'answer by answer'
      : `${like} of ${like + unlike} best answers alike, as this processor gives other logits`;
    console.log(`${golden}: ${cases.length} cases, ${how}`);
  });
}

async function givesTheLogits(model: ModelFile, qa: QaPipeline, probes: Probe[]): Promise<boolean> {
  const session = await createSession(model, 1);
  for (const { question, context, ...expected } of probes) {
    const [prepared] = qa.prepare(question, whole(context));
    const found = await session.run(prepared!.input);
    for (const key of ['startLogits', 'endLogits'] as const) {
      if (expected[key].some((logit, i) => !(Math.abs(logit - found[key][i]!) < 1e-4))) return false;
    }
  }
  return true;
}

function whole(context: Case['context']): string {
  return context.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('');
}

/** Each alone, and between letters. */
function charactersOfBlock(first: number): string {
  let text = '';
  for (let code = first; code < first + BLOCK; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    text += `a${character}b ${character} `;
  }
  return text;
}

function camelCased(parameters: Case['parameters']): Partial<QaParameters> {
  const entries = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]),
  );
}

function expectSame(answers: Answer[], expected: Answer[]): void {
  const found = answers.filter(({ score }) => score > 0);
  const spans = (each: Answer[]) => each.map(({ answer, start, end }) => ({ answer, start, end }));
  expect(spans(found)).toEqual(spans(expected));
  for (const [i, { score }] of found.entries()) expect(Math.abs(score - expected[i]!.score)).toBeLessThan(1e-4);
}

function sameBest(found?: Answer, expected?: Answer): boolean {
  return found?.answer === expected?.answer && Math.abs((found?.score ?? 0) - (expected?.score ?? 0)) < 0.05;
}
