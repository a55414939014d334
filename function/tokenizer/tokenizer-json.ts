import * as v from 'valibot';
import { byteCharacters } from './byte-pieces.ts';
import { BertPostProcessor, RobertaPostProcessor } from './post-processor.ts';
import type { Vocabulary } from './vocabulary.ts';

/** One check for all entries. There are tens of thousands, and a schema for each would take longer than the rest of loading. */
const VocabularyJson = v.pipe(
  v.custom<Record<string, number>>(
    (input) => typeof input === 'object' && input !== null && Object.values(input).every(Number.isInteger),
    'an object of tokens and their ids',
  ),
  v.transform((ids): Vocabulary => new Map(Object.entries(ids))),
);

const ByteVocabularyJson = v.pipe(
  VocabularyJson,
  v.check((vocabulary) => byteCharacters().every((each) => vocabulary.has(each)), 'the characters of all 256 bytes'),
);

/** Each merge is "a b", or ["a", "b"] in newer files. */
const Merges = v.custom<(string | [string, string])[]>(
  (input) => Array.isArray(input) && input.every((merge) => typeof merge === 'string' || isPair(merge)),
  'a list of merges',
);

function isPair(merge: unknown): boolean {
  return Array.isArray(merge) && merge.length === 2 && typeof merge[0] === 'string' && typeof merge[1] === 'string';
}

const addedToken = {
  id: v.number(),
  // Offsets leave out white space at both ends of a token.
  content: v.pipe(v.string(), v.regex(/^\P{White_Space}(.*\P{White_Space})?$/su, 'text without white space around it')),
  single_word: v.literal(false),
  rstrip: v.literal(false),
};
const Rightward = v.nullish(v.looseObject({ direction: v.literal('Right') }));

const WordPieceJson = v.looseObject({
  model: v.looseObject({
    type: v.literal('WordPiece'),
    vocab: VocabularyJson,
    unk_token: v.string(),
    continuing_subword_prefix: v.string(),
    max_input_chars_per_word: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 100),
  }),
  normalizer: v.looseObject({
    type: v.literal('BertNormalizer'),
    clean_text: v.literal(true),
    handle_chinese_chars: v.literal(true),
    lowercase: v.boolean(),
    strip_accents: v.nullish(v.boolean(), null),
  }),
  pre_tokenizer: v.looseObject({ type: v.literal('BertPreTokenizer') }),
  post_processor: BertPostProcessor,
  // They are looked for in the unchanged text. A normalised token would have to be looked for in the normalised text.
  added_tokens: v.array(v.looseObject({ ...addedToken, lstrip: v.literal(false), normalized: v.literal(false) })),
  truncation: Rightward,
  padding: Rightward,
});

const ByteLevelJson = v.looseObject({
  model: v.looseObject({
    type: v.literal('BPE'),
    vocab: ByteVocabularyJson,
    merges: Merges,
    dropout: v.nullish(v.literal(0)),
    continuing_subword_prefix: v.nullish(v.literal('')),
    end_of_word_suffix: v.nullish(v.literal('')),
    ignore_merges: v.nullish(v.literal(false)),
  }),
  normalizer: v.nullish(v.null()),
  pre_tokenizer: v.looseObject({ type: v.literal('ByteLevel'), use_regex: v.optional(v.literal(true)) }),
  post_processor: RobertaPostProcessor,
  added_tokens: v.array(v.looseObject({ ...addedToken, lstrip: v.boolean(), normalized: v.boolean() })),
  truncation: Rightward,
  padding: Rightward,
});

/** Refuses any other type. */
const Neither = v.looseObject({ model: v.looseObject({ type: v.picklist(['WordPiece', 'BPE']) }) });

export type TokenizerJson = v.InferOutput<typeof WordPieceJson> | v.InferOutput<typeof ByteLevelJson>;

/** `tokenizer.json`: WordPiece as BERT has it, or byte-level BPE as RoBERTa has it. */
export const TokenizerJson = v.lazy((input) => {
  const type = (input as { model?: { type?: unknown } } | null)?.model?.type;
  if (type === 'WordPiece') return WordPieceJson;
  return type === 'BPE' ? ByteLevelJson : Neither;
}) as unknown as v.GenericSchema<unknown, TokenizerJson>;
