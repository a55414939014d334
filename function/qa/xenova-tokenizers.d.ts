/** What we use of the tokenizer of @xenova/transformers, which has no declarations at this path. */
declare module '@xenova/transformers/src/tokenizers.js' {
  export class PreTrainedTokenizer {
    constructor(tokenizerJson: object, tokenizerConfig: object);
    pre_tokenizer: (text: string) => string[];
    model: ((tokens: string[]) => string[]) & { convert_tokens_to_ids(tokens: string[]): number[] };
    special_tokens: string[];
    encode(text: string): number[];
  }
  export class BertTokenizer extends PreTrainedTokenizer {}
}
