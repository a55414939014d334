import * as v from 'valibot';
import { InferenceId } from '../../inference-id.ts';
import { fields } from '../../request-schema.ts';
import type { InputsRequest } from '../answer-inputs.ts';
import { eitherForm, listOf, listOr, Text } from '../input-schemas.ts';
import { PARAMETERS, qaParameters } from './named-parameters.ts';
import type { QaParameters } from './parameters.ts';

/** A question, and the text that has the answer. */
export interface Pair {
  question: string;
  context: string;
}

export type QaRequest = InputsRequest<Pair, Partial<QaParameters>>;

const Questions = listOr(listOf(Text, 'question', 'TOO_MANY_PAIRS'), Text);

/** `{"question", "context"}` with the parameters beside them. */
const Plain = fields({ question: Questions, context: Text, ...PARAMETERS, inference_id: v.optional(InferenceId) });

/** The request of Hugging Face's inference API. */
const Wrapped = fields({
  inputs: listOr(
    listOf(fields({ question: Text, context: Text }), 'question', 'TOO_MANY_PAIRS'),
    fields({ question: Questions, context: Text }),
  ),
  parameters: v.optional(fields(PARAMETERS), {}),
  inference_id: v.optional(InferenceId),
});

export const QaRequest = eitherForm(
  v.pipe(
    Wrapped,
    v.transform(({ inputs, parameters }) => qaRequest(inputs, parameters)),
  ),
  v.pipe(
    Plain,
    v.transform(({ question, context, ...named }) => qaRequest({ question, context }, named)),
  ),
);

function qaRequest(
  inputs: Pair[] | { question: string | string[]; context: string },
  named: Parameters<typeof qaParameters>[0],
): QaRequest {
  const parameters = qaParameters(named);
  if (Array.isArray(inputs)) return { inputs, many: true, parameters };
  const { question, context } = inputs;
  const many = Array.isArray(question);
  return { inputs: (many ? question : [question]).map((each) => ({ question: each, context })), many, parameters };
}
