/** A word of a text: where it stands, in UTF-16 code units, `end` exclusive. */
export interface Word {
  start: number;
  end: number;
}

/**
 * Splits a text where BERT's pre-tokenisation does: at white space, around every punctuation mark, around every Chinese, Japanese or
 * Korean ideograph, and around the special tokens of the vocabulary. Control characters stay inside their word; the
 * normaliser drops them.
 *
 * Source: BertNormalizer and BertPreTokenizer of huggingface/tokenizers. There, white space is tab, line feed, carriage return
 * and category Z; the other control characters go before the text is split.
 *
 * @param specialTokens such as `[SEP]`: the tokenizer knows each as one token, wherever it stands
 */
export function wordSplitter(specialTokens: readonly string[]): (text: string) => Word[] {
  for (const token of specialTokens) {
    // A run of ordinary characters would swallow any other.
    if (!new RegExp(`^[${PUNCTUATION}]`, 'u').test(token)) {
      throw new Error(`Expected special tokens that begin with punctuation, such as "[SEP]", got "${token}"`);
    }
  }
  const special = specialTokens.map((token) => `${RegExp.escape(token)}|`).join('');
  const pattern = new RegExp(`${special}[${PUNCTUATION}${IDEOGRAPH}]|[^${SPACE}${PUNCTUATION}${IDEOGRAPH}]+`, 'gu');
  return (text) =>
    Array.from(text.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length }));
}

const SPACE = '\\t\\n\\r\\p{Z}';
/** Category P, and the ASCII signs that BERT counts with it. */
const PUNCTUATION = '\\p{P}$+<=>\\^`\\|~';
/** The blocks that BERT counts as Chinese characters, 2B920 (not 2B820) as in the source; kana and hangul are not among them. */
const IDEOGRAPH = [
  ['4E00', '9FFF'],
  ['3400', '4DBF'],
  ['20000', '2A6DF'],
  ['2A700', '2B73F'],
  ['2B740', '2B81F'],
  ['2B920', '2CEAF'],
  ['F900', 'FAFF'],
  ['2F800', '2FA1F'],
]
  .map(([first, last]) => `\\u{${first}}-\\u{${last}}`)
  .join('');
