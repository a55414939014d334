/** What we use of the tokenizer of @xenova/transformers, which has no declarations at this path. */
declare module '@xenova/transformers/src/tokenizers.js' {
  export class PreTrainedTokenizer {
    constructor(tokenizerJson: object, tokenizerConfig: object);
    encode(text: string): number[];
  }
  export class BertTokenizer extends PreTrainedTokenizer {}
  export class RobertaTokenizer extends PreTrainedTokenizer {}
  export interface LibraryModel {
    (pieces: string[]): string[];
    convert_tokens_to_ids(tokens: string[]): number[];
    tokens_to_ids: { has(token: string): boolean; get(token: string): number | undefined };
    /** Which pair of tokens is merged before which: asked for every pair that comes to stand side by side. */
    bpe_ranks: { get(pair: string): number | undefined };
    /** What it has made of each piece so far, without a limit. */
    cache: Map<string, string[]>;
  }
  export const TokenizerModel: {
    /** @param model the `model` of a tokenizer.json */
    fromConfig(model: object): LibraryModel;
  };
}
