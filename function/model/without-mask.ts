import {
  GRAPH_OF_MODEL,
  INPUT_OF_NODE,
  mapField,
  NODE_OF_GRAPH,
  OP_TYPE_OF_NODE,
  OUTPUT_OF_NODE,
  stringsOf,
} from './onnx-file.ts';

/** The operators of onnxruntime's fused attention, with the input that is the mask. */
const MASK_INPUT: Readonly<Record<string, number>> = { Attention: 3, QAttention: 5 };

/**
 * A model whose fused attention has no mask, where the mask is the unchanged `attention_mask`.
 *
 * The function runs one sequence at a time and never pads it, so every value of its mask is 1, and the mask hides nothing. Answers are the same without it, bit for bit, and
 * onnxruntime does not copy a table of tokens by tokens for each head. The graph keeps its input `attention_mask`.
 *
 * @param model an ONNX file
 */
export function withoutMask(model: Uint8Array): Uint8Array {
  const masks = new Set<string>();
  return mapField(model, GRAPH_OF_MODEL, (graph) =>
    mapField(graph, NODE_OF_GRAPH, (node) => {
      const [operator = ''] = stringsOf(node, OP_TYPE_OF_NODE);
      // The nodes of an ONNX graph are sorted: a node comes after those that it needs.
      if (operator === 'Cast' && stringsOf(node, INPUT_OF_NODE)[0] === 'attention_mask') {
        masks.add(stringsOf(node, OUTPUT_OF_NODE)[0]!);
      }
      const place = MASK_INPUT[operator];
      // An empty name means that the node does not have the input.
      return mapField(node, INPUT_OF_NODE, (name, i) =>
        i === place && masks.has(Buffer.from(name).toString()) ? new Uint8Array() : name,
      );
    }),
  );
}
