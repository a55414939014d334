import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { InferenceRecord } from '../../capture/record.ts';
import { storedLine } from '../../capture/stored-line.ts';
import { compilePolicy } from '../../policy/compile.ts';
import { readPolicyDocument } from '../../policy/read-document.ts';
import { type Block, blocksOf } from './commands.ts';

interface Example {
  policy: Block;
  /** A part of a posted record, and a part of what is stored of it. */
  exchanges: { before: Block; after: Block }[];
}

const KEY = Buffer.from('the key of these examples');
const ORIGIN = { functionName: 'example', functionVersion: '1' };
const BLOCKS = blocksOf('docs/policy.md');

function examples(): Example[] {
  const found: Example[] = [];
  for (const [at, block] of BLOCKS.entries()) {
    if (block.kind === 'yaml') found.push({ policy: block, exchanges: [] });
    if (block.kind === 'json before') found.at(-1)!.exchanges.push({ before: block, after: BLOCKS[at + 1]! });
  }
  return found;
}

const EXAMPLES = examples();

test('every record of docs/policy.md has what becomes of it behind it', () => {
  expect(EXAMPLES.length).toBeGreaterThan(10);
  for (const { exchanges } of EXAMPLES) for (const { after } of exchanges) expect(after.kind).toBe('json after');
  expect(BLOCKS.filter(({ kind }) => kind === 'json after')).toHaveLength(
    EXAMPLES.flatMap((each) => each.exchanges).length,
  );
});

describe.each(EXAMPLES)('docs/policy.md:$policy.line', ({ policy: { text }, exchanges }) => {
  test('is a policy', async () => {
    expect(await readPolicyDocument(text)).toMatchObject({ version: 1 });
  });

  test.each(exchanges)('makes of the record in line $before.line what is shown', async ({ before, after }) => {
    const policy = await compilePolicy(await readPolicyDocument(text), { text, key: KEY, now: () => 0 });
    const record = v.parse(InferenceRecord, { ...EXAMPLE_RECORD, ...JSON.parse(before.text) });
    const decision = policy.record(record);
    const stored = decision.keep ? storedLine(decision, ORIGIN) : { leftOut: decision.reason };
    expect(stored).toMatchObject(JSON.parse(after.text));
  });
});
