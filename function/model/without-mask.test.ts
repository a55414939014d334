import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, expect, test } from 'vitest';
import { withoutMask } from './without-mask.ts';

const TOKENS = [101, 2073, 2079, 1045, 2444, 102, 1045, 2444, 1999, 4068, 102];

let original: Uint8Array;
beforeAll(async () => {
  original = await readFile('model/onnx/model_quantized.onnx');
});

async function startLogits(model: Uint8Array, mask: bigint[]): Promise<number[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const row = (values: bigint[]) => new Tensor('int64', BigInt64Array.from(values), [1, values.length]);
  const { start_logits } = await session.run({
    input_ids: row(TOKENS.map(BigInt)),
    attention_mask: row(mask),
    token_type_ids: row(TOKENS.map((_, i) => (i < 6 ? 0n : 1n))),
  });
  return [...(start_logits!.data as Float32Array)];
}

const NOTHING_HIDDEN = TOKENS.map(() => 1n);
const TWO_HIDDEN = TOKENS.map((_, i) => (i < 9 ? 1n : 0n));

test('a sequence that is not padded has the same logits, bit for bit', async () => {
  expect(await startLogits(withoutMask(original), NOTHING_HIDDEN)).toEqual(await startLogits(original, NOTHING_HIDDEN));
});

test('the mask is asked for, and hides nothing any more', async () => {
  const hidden = await startLogits(original, TWO_HIDDEN);
  expect(hidden).not.toEqual(await startLogits(original, NOTHING_HIDDEN));
  const unmasked = withoutMask(original);
  expect(await startLogits(unmasked, TWO_HIDDEN)).toEqual(await startLogits(unmasked, NOTHING_HIDDEN));
});

test.each(['bert-uncased', 'roberta'])('a model whose attention is not fused stays as it is: %s', async (name) => {
  const model = await readFile(`test/oracles/huggingface/models/${name}/onnx/model_quantized.onnx`);
  expect(Buffer.from(withoutMask(model)).equals(model)).toBe(true);
});
