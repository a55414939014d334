import * as v from 'valibot';
import { type ModelType, unsupported } from '../model/supported-models.ts';
import { postProcessing } from './post-processor.ts';
import type { SequenceForms } from './sequence.ts';
import type { TokenizerSettings } from './tokenizer.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

/** The tokenizer classes of transformers, without `Fast`, each with the first token of a sequence if the file names none. */
const WORD_PIECE_CLASSES = { BertTokenizer: '[CLS]', DistilBertTokenizer: '[CLS]', ElectraTokenizer: '[CLS]' };
const BYTE_LEVEL_CLASSES = { RobertaTokenizer: '<s>' };
const CLASS_OF_MODEL = {
  bert: 'BertTokenizer',
  distilbert: 'DistilBertTokenizer',
  electra: 'ElectraTokenizer',
  roberta: 'RobertaTokenizer',
} as const;
/** The class for any model. It takes tokenizer.json as it is. */
const ANY_CLASS = 'PreTrainedTokenizer';

/** `tokenizer_config.json`. */
export const TokenizerConfig = v.looseObject({
  tokenizer_class: v.nullish(v.string()),
  model_max_length: v.optional(v.pipe(v.number(), v.minValue(1))),
  cls_token: v.nullish(v.union([v.string(), v.looseObject({ content: v.string() })])),
  do_lower_case: v.optional(v.boolean(), true),
  strip_accents: v.nullish(v.boolean(), null),
  tokenize_chinese_chars: v.optional(v.literal(true)),
  add_prefix_space: v.optional(v.boolean(), false),
  trim_offsets: v.optional(v.literal(true)),
  padding_side: v.optional(v.literal('right')),
  truncation_side: v.optional(v.literal('right')),
});
export type TokenizerConfig = v.InferOutput<typeof TokenizerConfig>;

/**
 * The settings that the two files of a tokenizer result in. Where the files contradict each other, tokenizer_config.json takes precedence over tokenizer.json, and so do the
 * defaults of the class that it names: a cased model must say `"do_lower_case": false`.
 *
 * Source: `BertTokenizerFast`, `RobertaTokenizerFast` and `PreTrainedTokenizerFast` of transformers 4.57.
 *
 * @throws ModelFolderError when the files do not fit together
 */
export function tokenizerSettings(
  modelType: ModelType,
  json: TokenizerJson,
  config: TokenizerConfig,
): { settings: TokenizerSettings; sequences: SequenceForms } {
  const named = config.tokenizer_class?.replace(/Fast$/, '') ?? CLASS_OF_MODEL[modelType];
  const classes: Record<string, string | undefined> = isByteLevel(json) ? BYTE_LEVEL_CLASSES : WORD_PIECE_CLASSES;
  if (named !== ANY_CLASS && !Object.hasOwn(classes, named)) {
    const expected = [...Object.keys(classes), `${ANY_CLASS}Fast`].join(', ');
    throw unsupported(
      `one of ${expected}, as tokenizer.json has "${json.model.type}",`,
      '"tokenizer_class" in tokenizer_config.json',
      `"${named}"`,
    );
  }
  const { sequences, classification } = postProcessing(json.post_processor);
  const cls = (typeof config.cls_token === 'object' ? config.cls_token?.content : config.cls_token) ?? classes[named];
  if (cls !== classification) {
    throw unsupported(
      `"${classification}", with which tokenizer.json begins a sequence,`,
      '"cls_token" in tokenizer_config.json',
      cls === undefined ? 'none' : `"${cls}"`,
    );
  }
  const asItIs = named === ANY_CLASS;
  if (!isByteLevel(json)) {
    const { do_lower_case: lowercase, strip_accents } = config;
    const normalizer = asItIs ? json.normalizer : { lowercase, strip_accents };
    return {
      sequences,
      settings: { type: 'WordPiece', model: json.model, addedTokens: json.added_tokens, normalizer },
    };
  }
  const addPrefixSpace = config.add_prefix_space;
  const keepsFirstSpace = asItIs ? json.post_processor.add_prefix_space : addPrefixSpace;
  const { vocab, merges } = json.model;
  const model = { vocab, merges: merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))) };
  return {
    sequences,
    settings: { type: 'BPE', model, addedTokens: json.added_tokens, addPrefixSpace, keepsFirstSpace },
  };
}

type ByteLevelJson = Extract<TokenizerJson, { model: { type: 'BPE' } }>;

function isByteLevel(json: TokenizerJson): json is ByteLevelJson {
  return json.model.type === 'BPE';
}
