import * as v from 'valibot';
import { InferenceId } from '../../inference-id.ts';
import { fields, says } from '../../request-schema.ts';
import type { InputsRequest } from '../answer-inputs.ts';
import { eitherForm, Flag, listOf, listOr, MAX_TOP_K, Text, TopK } from '../input-schemas.ts';
import type { ClassificationParameters, ClassifierInput } from './classifier.ts';

export type ClassificationRequest = InputsRequest<ClassifierInput, Partial<ClassificationParameters>>;

/** The parameters by the names of Hugging Face. */
export const PARAMETERS = {
  top_k: v.optional(
    v.nullable(v.pipe(TopK, v.minValue(1, says('INVALID_PARAMETER', `a whole number from 1 to ${MAX_TOP_K}`)))),
  ),
  function_to_apply: v.optional(
    v.picklist(['softmax', 'sigmoid', 'none'], says('INVALID_PARAMETER', '"softmax", "sigmoid" or "none"')),
  ),
  truncation: v.optional(Flag),
};

/** `{"text", "text_pair"}` with the parameters beside them. */
const Plain = fields({
  text: listOr(listOf(Text, 'text', 'TOO_MANY_TEXTS'), Text),
  text_pair: v.optional(Text),
  ...PARAMETERS,
  inference_id: v.optional(InferenceId),
});

/** A text, or two. What came decides, so that an error is about the form that was meant. */
const Input = v.lazy((input) =>
  typeof input === 'object' && input !== null ? fields({ text: Text, text_pair: v.optional(Text) }) : Text,
);

/** As Hugging Face's inference API has it. */
const Wrapped = fields({
  inputs: listOr(listOf(Input, 'text', 'TOO_MANY_TEXTS'), Input),
  parameters: v.optional(fields(PARAMETERS), {}),
  inference_id: v.optional(InferenceId),
});

export const ClassificationRequest = eitherForm(
  v.pipe(
    Wrapped,
    v.transform(({ inputs, parameters }) => classificationRequest(inputs, parameters)),
  ),
  v.pipe(
    Plain,
    v.transform(({ text, text_pair, ...named }) =>
      classificationRequest(
        Array.isArray(text) ? text.map((each) => ({ text: each, text_pair })) : { text, text_pair },
        named,
      ),
    ),
  ),
);

type NamedInput = v.InferOutput<typeof Input>;
type NamedParameters = v.InferOutput<v.ObjectSchema<typeof PARAMETERS, undefined>>;

function classificationRequest(
  inputs: NamedInput | NamedInput[],
  { top_k: topK, function_to_apply: scoreFunction, truncation }: NamedParameters,
): ClassificationRequest {
  const many = Array.isArray(inputs);
  const parameters = { topK, scoreFunction, truncation };
  return { inputs: (many ? inputs : [inputs]).map(classifierInput), many, parameters };
}

function classifierInput(input: NamedInput): ClassifierInput {
  return typeof input === 'string' ? { text: input } : { text: input.text, textPair: input.text_pair };
}
