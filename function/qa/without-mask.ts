import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Fields of ONNX's messages. Source: onnx.proto of ONNX 1.x, where numbers never change. */
const GRAPH_OF_MODEL = 7;
const NODE_OF_GRAPH = 1;
const INPUT_OF_NODE = 1;
const OUTPUT_OF_NODE = 2;
const OP_TYPE_OF_NODE = 4;

/** onnxruntime's fused attention, and which of its inputs is the mask. */
const MASK_INPUT: Readonly<Record<string, number>> = { Attention: 3, QAttention: 5 };

/**
 * A model whose fused attention has no mask, where the mask is `attention_mask` as it stands.
 *
 * The function runs one sequence at a time and never pads it, so its mask is all ones and hides nothing: answers are the same, bit for bit, and
 * onnxruntime does not copy a table of tokens by tokens for each head. The graph keeps its input `attention_mask`.
 *
 * @param model an ONNX file
 */
export function withoutMask(model: Uint8Array): Uint8Array {
  const masks = new Set<string>();
  return mapField(model, GRAPH_OF_MODEL, (graph) =>
    mapField(graph, NODE_OF_GRAPH, (node) => {
      const [operator = ''] = strings(node, OP_TYPE_OF_NODE);
      // A node comes behind those that it needs: ONNX asks for that.
      if (operator === 'Cast' && strings(node, INPUT_OF_NODE)[0] === 'attention_mask') {
        masks.add(strings(node, OUTPUT_OF_NODE)[0]!);
      }
      const place = MASK_INPUT[operator];
      // An input that is left out has an empty name.
      return mapField(node, INPUT_OF_NODE, (name, i) =>
        i === place && masks.has(Buffer.from(name).toString()) ? new Uint8Array() : name,
      );
    }),
  );
}

function strings(message: Uint8Array, field: number): string[] {
  const found: string[] = [];
  mapField(message, field, (value) => {
    found.push(Buffer.from(value).toString());
    return value;
  });
  return found;
}

/** The message with each value of a field of strings, bytes or messages as `change` makes it; the rest byte by byte as it was. */
function mapField(
  message: Uint8Array,
  field: number,
  change: (value: Uint8Array, index: number) => Uint8Array,
): Uint8Array {
  const reader = new BinaryReader(message);
  const writer = new BinaryWriter();
  let index = 0;
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    writer.tag(number, type);
    if (number === field && type === WireType.LengthDelimited) writer.bytes(change(reader.bytes(), index++));
    else writer.raw(reader.skip(type, number));
  }
  return writer.finish();
}
