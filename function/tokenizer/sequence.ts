/** One sequence for the model: its token ids, and the token type of each. */
export interface ModelInput {
  inputIds: BigInt64Array;
  tokenTypeIds: BigInt64Array;
}

/** A token that is in every sequence, such as `[CLS]`, and its token type. */
export interface SpecialToken {
  id: number;
  type: number;
}

/** One text as a sequence: `[CLS] text [SEP]` for the BERT family, `<s> text </s>` for RoBERTa. */
export interface SingleSequence {
  before: SpecialToken[];
  /** The token type of the text. */
  type: number;
  after: SpecialToken[];
}

/** Two texts as one sequence: `[CLS] first [SEP] second [SEP]` for the BERT family, `<s> first </s></s> second </s>` for RoBERTa. */
export interface PairSequence {
  before: SpecialToken[];
  /** The token type of the first text. */
  firstType: number;
  between: SpecialToken[];
  /** The token type of the second text. */
  secondType: number;
  after: SpecialToken[];
}

/** How texts become a sequence, as the tokenizer's `post_processor` says. */
export interface SequenceForms {
  single: SingleSequence;
  pair: PairSequence;
}

/** The tokens `[first, end)` of a text, all of one token type. */
export interface TextTokens {
  ids: readonly number[];
  first: number;
  end: number;
  type: number;
}

/** How many special tokens a sequence has. */
export function specialTokens(form: SingleSequence | PairSequence): number {
  return form.before.length + ('between' in form ? form.between.length : 0) + form.after.length;
}

/** A sequence from its parts, in their order. It is never padded. */
export function modelInput(parts: readonly (readonly SpecialToken[] | TextTokens)[]): ModelInput {
  let length = 0;
  for (const part of parts) length += 'ids' in part ? part.end - part.first : part.length;
  const inputIds = new BigInt64Array(length);
  const tokenTypeIds = new BigInt64Array(length);
  // The lower half of each number, on every processor that onnxruntime runs on: a BigInt for each token would be an object for each token.
  const lowIds = new Int32Array(inputIds.buffer);
  const lowTypes = new Int32Array(tokenTypeIds.buffer);
  let at = 0;
  function add(id: number, type: number): void {
    lowIds[at] = id;
    lowTypes[at] = type;
    at += 2;
  }
  for (const part of parts) {
    if ('ids' in part) for (let i = part.first; i < part.end; i++) add(part.ids[i]!, part.type);
    else for (const { id, type } of part) add(id, type);
  }
  return { inputIds, tokenTypeIds };
}
