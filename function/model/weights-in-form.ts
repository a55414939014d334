import {
  type ByteTensor,
  GRAPH_OF_MODEL,
  INITIALIZER_OF_GRAPH,
  INPUT_OF_GRAPH,
  INPUT_OF_NODE,
  INT8,
  mapField,
  NAME_OF_VALUE,
  NODE_OF_GRAPH,
  OP_TYPE_OF_NODE,
  readByteTensor,
  stringsOf,
  UINT8,
  valuesOf,
  withValues,
  writeByteTensor,
} from './onnx-file.ts';
import type { WeightForm } from './processor.ts';

/** The operators that multiply 8-bit numbers, with the inputs that are the weights and their zero point. */
const WEIGHT_INPUTS: Readonly<Record<string, { weight: number; zeroPoint: number }>> = {
  MatMulInteger: { weight: 1, zeroPoint: 3 },
  QAttention: { weight: 1, zeroPoint: 7 },
  DynamicQuantizeMatMul: { weight: 1, zeroPoint: 3 },
  MatMulIntegerToFloat: { weight: 1, zeroPoint: 5 },
};

const TYPE: Readonly<Record<WeightForm, number>> = { signed: INT8, unsigned: UINT8 };

/**
 * A model with the weights of its 8-bit products in one form. Each weight and its zero point become 128 more or less, so that exact multiplication gives the same result, bit for
 * bit. Embeddings, which are not multiplied, and weights of other types stay as they are.
 *
 * @param model an ONNX file
 */
export function weightsInForm(model: Uint8Array, form: WeightForm): Uint8Array {
  return mapField(model, GRAPH_OF_MODEL, (graph) => graphInForm(graph, form));
}

function graphInForm(graph: Uint8Array, form: WeightForm): Uint8Array {
  const type = TYPE[form];
  const initializers = valuesOf(graph, INITIALIZER_OF_GRAPH).map(readByteTensor);
  // A tensor that is an input of the graph as well can change with each run.
  const inputs = new Set(valuesOf(graph, INPUT_OF_GRAPH).flatMap((value) => stringsOf(value, NAME_OF_VALUE)));
  const constants = new Map<string, ByteTensor>();
  for (const tensor of initializers) if (tensor && !inputs.has(tensor.name)) constants.set(tensor.name, tensor);

  const nodes = valuesOf(graph, NODE_OF_GRAPH).map((node) => {
    const names = stringsOf(node, INPUT_OF_NODE);
    return { names, shifts: shiftsOf(stringsOf(node, OP_TYPE_OF_NODE)[0], names, constants, type) };
  });
  if (nodes.every(({ shifts }) => shifts.size === 0)) return graph;
  const asIs = new Set(nodes.flatMap(({ names, shifts }) => names.filter((_, place) => !shifts.has(place))));
  const made = new Map<string, Uint8Array>();

  /** Makes a tensor in the other form. @returns its name, which is a new one if another node needs the tensor in the old form */
  function shifted(tensor: ByteTensor): string {
    const name = asIs.has(tensor.name) ? `${tensor.name}_${form}` : tensor.name;
    const data = tensor.data.map((byte) => byte ^ 0x80);
    if (!made.has(name)) made.set(name, writeByteTensor({ ...tensor, name, type, data }));
    return name;
  }

  const withNodes = mapField(graph, NODE_OF_GRAPH, (node, i) => {
    const { names, shifts } = nodes[i]!;
    if (shifts.size === 0) return node;
    const places = Math.max(names.length, ...shifts.keys().map((place) => place + 1));
    const others = Array.from({ length: places }, (_, place) => {
      const tensor = shifts.get(place);
      return Buffer.from(tensor ? shifted(tensor) : (names[place] ?? ''));
    });
    return withValues(
      mapField(node, INPUT_OF_NODE, () => undefined),
      INPUT_OF_NODE,
      others,
    );
  });
  const withConstants = mapField(withNodes, INITIALIZER_OF_GRAPH, (tensor, i) => {
    const name = initializers[i]?.name ?? '';
    const other = made.get(name);
    made.delete(name);
    return other ?? tensor;
  });
  return withValues(withConstants, INITIALIZER_OF_GRAPH, [...made.values()]);
}

/** The inputs of a node that must be in the other form: none, or the weights and their zero point. The node may have no zero point; then one of 0 is made. */
function shiftsOf(
  operator: string | undefined,
  inputs: readonly string[],
  constants: ReadonlyMap<string, ByteTensor>,
  type: number,
): Map<number, ByteTensor> {
  const places = WEIGHT_INPUTS[operator ?? ''];
  const weight = places && constants.get(inputs[places.weight]!);
  if (weight === undefined || weight.type === type) return new Map();
  const name = inputs[places!.zeroPoint];
  const zero = { name: `${weight.name}_zero_point`, type: weight.type, dims: [], data: Uint8Array.of(0) };
  const zeroPoint = name ? constants.get(name) : zero;
  if (zeroPoint?.type !== weight.type) return new Map();
  return new Map([
    [places!.weight, weight],
    [places!.zeroPoint, zeroPoint],
  ]);
}
