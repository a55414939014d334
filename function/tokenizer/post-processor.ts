import * as v from 'valibot';
import type { SequenceForms, SpecialToken } from './sequence.ts';

/*
 * The `post_processor` of a tokenizer.json: which special tokens a sequence has, and in which places.
 * Source: BertProcessing, RobertaProcessing and TemplateProcessing of huggingface/tokenizers.
 */

const NamedToken = v.strictTuple([v.string(), v.number()]);

/** What sequences look like, and the text of their first token, such as "[CLS]". */
export interface PostProcessing {
  sequences: SequenceForms;
  classification: string;
}

const SpecialPart = v.looseObject({ SpecialToken: v.looseObject({ id: v.string(), type_id: v.number() }) });
const TextPart = v.looseObject({ Sequence: v.looseObject({ id: v.picklist(['A', 'B']), type_id: v.number() }) });
const Template = v.looseObject({
  type: v.literal('TemplateProcessing'),
  single: v.array(v.union([SpecialPart, TextPart])),
  pair: v.array(v.union([SpecialPart, TextPart])),
  special_tokens: v.record(v.string(), v.looseObject({ ids: v.array(v.number()), tokens: v.array(v.string()) })),
});
type Template = v.InferOutput<typeof Template>;

export const BertPostProcessor = v.variant('type', [
  v.looseObject({ type: v.literal('BertProcessing'), sep: NamedToken, cls: NamedToken }),
  v.pipe(
    Template,
    v.check(
      (template) => partsOfPair(template) !== undefined,
      'a "pair" of a special token, A, special tokens, B and special tokens other than the first',
    ),
  ),
]);

export const RobertaPostProcessor = v.looseObject({
  type: v.literal('RobertaProcessing'),
  sep: NamedToken,
  cls: NamedToken,
  trim_offsets: v.literal(true),
  add_prefix_space: v.boolean(),
});

export type PostProcessor = v.InferOutput<typeof BertPostProcessor> | v.InferOutput<typeof RobertaPostProcessor>;

export function postProcessing(processor: PostProcessor): PostProcessing {
  if (processor.type === 'TemplateProcessing') return partsOfPair(processor)!;
  const [classification, cls] = processor.cls;
  const [, sep] = processor.sep;
  const roberta = processor.type === 'RobertaProcessing';
  const before = [{ id: cls, type: 0 }];
  const separator = { id: sep, type: 0 };
  const secondType = roberta ? 0 : 1;
  const sequences = {
    single: { before, type: 0, after: [separator] },
    pair: {
      before,
      firstType: 0,
      between: roberta ? [separator, separator] : [separator],
      secondType,
      after: [{ id: sep, type: secondType }],
    },
  };
  return { sequences, classification };
}

function partsOfPair({ single, pair, special_tokens }: Template): PostProcessing | undefined {
  const texts = pair.flatMap((part, index) => (isText(part) ? [{ ...part.Sequence, index }] : []));
  const [a, b] = texts;
  if (texts.length !== 2 || a!.id !== 'A' || b!.id !== 'B') return undefined;
  const specials = (parts: Template['pair']): SpecialToken[] =>
    parts.flatMap((part) => {
      if (isText(part)) return [];
      const { id, type_id } = part.SpecialToken;
      return (special_tokens[id]?.ids ?? []).map((each) => ({ id: each, type: type_id }));
    });
  const before = specials(pair.slice(0, a!.index));
  const between = specials(pair.slice(a!.index + 1, b!.index));
  const after = specials(pair.slice(b!.index + 1));
  const [first, second] = before;
  const named = Object.values(special_tokens).find(({ ids }) => ids[0] === first?.id);
  if (first === undefined || second !== undefined || named === undefined) return undefined;
  if ([...between, ...after].some(({ id }) => id === first.id)) return undefined;
  const text = single.findIndex(isText);
  const sequences = {
    single: {
      before: specials(single.slice(0, text)),
      type: single.find(isText)?.Sequence.type_id ?? 0,
      after: specials(single.slice(text)),
    },
    pair: { before, firstType: a!.type_id, between, secondType: b!.type_id, after },
  };
  return { sequences, classification: named.tokens[0]! };
}

function isText(part: Template['pair'][number]): part is v.InferOutput<typeof TextPart> {
  return 'Sequence' in part;
}
