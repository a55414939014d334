import { readFile } from 'node:fs/promises';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXACT_FORMS } from '../fixtures/golden.ts';
import { GRAPH_OF_MODEL, INITIALIZER_OF_GRAPH, readByteTensor, valuesOf } from './onnx-file.ts';
import { weightsInForm } from './weights-in-form.ts';

const OTHER = { signed: 'unsigned', unsigned: 'signed' } as const;

describe('the embedded model', () => {
  let original: Buffer;
  beforeAll(async () => {
    original = await readFile('model/onnx/model_quantized.onnx');
  });

  test.runIf(EXACT_FORMS.includes('signed')).each([1, 2, 17, 128, 384, 512])(
    'has the same logits in both forms, bit for bit, over %i tokens',
    async (tokens) => {
      const [published, signed, unsigned] = await Promise.all(
        [original, weightsInForm(original, 'signed'), weightsInForm(original, 'unsigned')].map((model) =>
          logits(model, tokens),
        ),
      );
      expect(signed).toEqual(published);
      expect(unsigned).toEqual(published);
    },
  );

  test('comes back from the other form with the logits that it had', async () => {
    const back = weightsInForm(weightsInForm(original, 'signed'), 'unsigned');
    expect(await logits(back, 128)).toEqual(await logits(original, 128));
  });

  test('is as it was published where that is the form', () => {
    expect(Buffer.from(weightsInForm(original, 'unsigned')).equals(original)).toBe(true);
  });

  async function logits(model: Uint8Array, tokens: number): Promise<Float32Array[]> {
    const row = (value: (i: number) => number) =>
      new Tensor(
        'int64',
        BigInt64Array.from({ length: tokens }, (_, i) => BigInt(value(i))),
        [1, tokens],
      );
    const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
    const outputs = await session.run({
      input_ids: row((i) => 1000 + ((i * 7919) % 28_000)),
      attention_mask: row(() => 1),
      token_type_ids: row((i) => (i < 12 ? 0 : 1)),
    });
    return ['start_logits', 'end_logits'].map((name) => outputs[name]!.data as Float32Array);
  }
});

test.each(['bert-uncased', 'roberta'])('a model without 8-bit weights stays as it is: %s', async (name) => {
  const model = await readFile(`test/oracles/huggingface/models/${name}/onnx/model_quantized.onnx`);
  for (const form of ['signed', 'unsigned'] as const) {
    expect(Buffer.from(weightsInForm(model, form)).equals(model)).toBe(true);
  }
});

// Small models as others write them. Products of these are small enough to be exact on every processor.
const ROWS = [
  [1, 2],
  [3, 4],
];
const INT8 = 3;
const UINT8 = 2;
const INT32 = 6;

describe.each([
  ['signed', INT8, [-128, -1, 0, 127], [-2, 3]],
  ['unsigned', UINT8, [0, 127, 128, 255], [126, 131]],
] as const)('%s weights', (form, type, weights, zeroPoints) => {
  const raw = (name: string, values: readonly number[], dims: number[]) => tensor({ name, type, dims, values });
  const listed = (name: string, values: readonly number[], dims: number[]) =>
    tensor({ name, type, dims, values, listed: true });
  const product = (zeroPoint: string[], output = 'y') => node('MatMulInteger', ['x', 'w', '', ...zeroPoint], output);

  test.each([
    ['a zero point for each column', [product(['z'])], [raw('w', weights, [2, 2]), raw('z', zeroPoints, [2])]],
    ['one zero point for all', [product(['z'])], [raw('w', weights, [2, 2]), raw('z', [zeroPoints[0]], [])]],
    ['no zero point', [node('MatMulInteger', ['x', 'w'], 'y')], [raw('w', weights, [2, 2])]],
    ['a zero point that is left out', [product([''])], [raw('w', weights, [2, 2])]],
    ['values as a list of integers', [product(['z'])], [listed('w', weights, [2, 2]), listed('z', zeroPoints, [2])]],
    [
      'weights that two products share',
      [product(['z']), product(['z'], 'other')],
      [raw('w', weights, [2, 2]), raw('z', zeroPoints, [2])],
    ],
    [
      'weights and a zero point that others need as they are',
      [product(['z']), node('Cast', ['w'], 'other', INT32), node('Cast', ['z'], 'third', INT32)],
      [raw('w', weights, [2, 2]), raw('z', zeroPoints, [2])],
    ],
  ])('with %s give the same product in the other form', async (_, nodes, tensors) => {
    const outputs = nodes.map(({ output }) => output);
    const model = modelOf({ nodes, tensors, outputs });
    const expected = await run(model, outputs);
    const other = weightsInForm(model, OTHER[form]);
    expect(typesOf(other)).toContain(type === INT8 ? UINT8 : INT8);
    expect(await run(other, outputs)).toEqual(expected);
    expect(await run(weightsInForm(other, form), outputs)).toEqual(expected);
  });

  test('that come with each run stay as they are', () => {
    const tensors = [raw('w', weights, [2, 2]), raw('z', zeroPoints, [2])];
    const model = modelOf({ nodes: [product(['z'])], tensors, outputs: ['y'], inputs: [{ name: 'w', type }] });
    expect(Buffer.from(weightsInForm(model, OTHER[form])).equals(model)).toBe(true);
  });

  test('whose zero point is computed stay as they are', () => {
    const nodes = [node('Identity', ['z'], 'same'), product(['same'])];
    const model = modelOf({ nodes, tensors: [raw('w', weights, [2, 2]), raw('z', zeroPoints, [2])], outputs: ['y'] });
    expect(Buffer.from(weightsInForm(model, OTHER[form])).equals(model)).toBe(true);
  });
});

interface Node {
  output: string;
  bytes: Uint8Array;
}

/** A field of strings, bytes or messages. */
function field(writer: BinaryWriter, number: number, value: string | Uint8Array): BinaryWriter {
  return writer.tag(number, WireType.LengthDelimited).bytes(Buffer.from(value));
}

function integer(writer: BinaryWriter, number: number, value: number): BinaryWriter {
  return writer.tag(number, WireType.Varint).int64(value);
}

/** @param to the attribute of a Cast */
function node(operator: string, inputs: string[], output: string, to?: number): Node {
  const writer = new BinaryWriter();
  for (const input of inputs) field(writer, 1, input);
  field(field(writer, 2, output), 4, operator);
  if (to !== undefined) field(writer, 5, integer(integer(field(new BinaryWriter(), 1, 'to'), 3, to), 20, 2).finish());
  return { output, bytes: writer.finish() };
}

interface TensorOf {
  name: string;
  type: number;
  dims: number[];
  values: readonly number[];
  /** As `int32_data`, which Python's `make_tensor` writes, and not as `raw_data`. */
  listed?: boolean;
}

function tensor({ name, type, dims, values, listed }: TensorOf): Uint8Array {
  const writer = new BinaryWriter();
  for (const dim of dims) integer(writer, 1, dim);
  integer(writer, 2, type);
  if (listed) {
    const packed = new BinaryWriter();
    for (const value of values) packed.int32(value);
    field(writer, 5, packed.finish());
  }
  field(writer, 8, name);
  return (listed ? writer : field(writer, 9, Uint8Array.from(values))).finish();
}

interface Graph {
  nodes: Node[];
  tensors: Uint8Array[];
  outputs: string[];
  inputs?: { name: string; type: number }[];
}

/** ONNX IR 8, opset 17. Its input `x` is of uint8, its outputs are of int32. */
function modelOf({ nodes, tensors, outputs, inputs = [] }: Graph): Uint8Array {
  const value = (name: string, type: number) => {
    const ofTensor = integer(new BinaryWriter(), 1, type).finish();
    return field(field(new BinaryWriter(), 1, name), 2, field(new BinaryWriter(), 1, ofTensor).finish()).finish();
  };
  const graph = field(new BinaryWriter(), 2, 'graph');
  for (const { bytes } of nodes) field(graph, 1, bytes);
  for (const each of tensors) field(graph, 5, each);
  for (const { name, type } of [{ name: 'x', type: UINT8 }, ...inputs]) field(graph, 11, value(name, type));
  for (const name of outputs) field(graph, 12, value(name, INT32));
  const opset = integer(new BinaryWriter(), 2, 17).finish();
  return field(field(integer(new BinaryWriter(), 1, 8), 7, graph.finish()), 8, opset).finish();
}

function typesOf(model: Uint8Array): (number | undefined)[] {
  const [graph] = valuesOf(model, GRAPH_OF_MODEL);
  return valuesOf(graph!, INITIALIZER_OF_GRAPH).map((message) => readByteTensor(message)?.type);
}

async function run(model: Uint8Array, outputs: string[]): Promise<unknown[]> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const found = await session.run({ x: new Tensor('uint8', Uint8Array.from(ROWS.flat()), [2, 2]) });
  return outputs.map((name) => found[name]!.data);
}
