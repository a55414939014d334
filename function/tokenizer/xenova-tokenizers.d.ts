/** The parts of @xenova/transformers' tokenizer that we use. The library has no declarations at this path. */
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
    /** The rank of a pair of tokens: lower ranks are merged first. It is asked for every pair of neighbours. */
    bpe_ranks: { get(pair: string): number | undefined };
    /** The tokens of each piece so far, without a limit. */
    cache: Map<string, string[]>;
  }
  export const TokenizerModel: {
    /** @param model the `model` of a tokenizer.json */
    fromConfig(model: object): LibraryModel;
  };
}
