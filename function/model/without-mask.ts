import {
  GRAPH_OF_MODEL,
  INPUT_OF_NODE,
  mapField,
  NODE_OF_GRAPH,
  OP_TYPE_OF_NODE,
  OUTPUT_OF_NODE,
  stringsOf,
} from './onnx-file.ts';

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
      const [operator = ''] = stringsOf(node, OP_TYPE_OF_NODE);
      // A node comes behind those that it needs: ONNX asks for that.
      if (operator === 'Cast' && stringsOf(node, INPUT_OF_NODE)[0] === 'attention_mask') {
        masks.add(stringsOf(node, OUTPUT_OF_NODE)[0]!);
      }
      const place = MASK_INPUT[operator];
      // An input that is left out has an empty name.
      return mapField(node, INPUT_OF_NODE, (name, i) =>
        i === place && masks.has(Buffer.from(name).toString()) ? new Uint8Array() : name,
      );
    }),
  );
}
