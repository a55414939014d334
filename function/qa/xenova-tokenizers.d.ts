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
    unk_token_id: number;
    /** Of WordPiece: Unicode characters of the longest word that it tokenises. */
    max_input_chars_per_word: number;
    /** Of BPE: what it has made of each piece so far, without a limit. */
    cache?: Map<string, string[]>;
  }
  export const TokenizerModel: {
    /** @param model the `model` of a tokenizer.json */
    fromConfig(model: object): LibraryModel;
  };
}
