import * as v from 'valibot';
import { InferenceId } from '../../event-sources/inference-id.ts';
import { fields, requestError, says } from '../../request-schema.ts';
import { PARAMETERS, qaParameters } from './named-parameters.ts';
import type { QaParameters } from './parameters.ts';

/** Most questions of one request. */
export const MAX_PAIRS = 100;

/** A question, and the text that has its answer. */
export interface Pair {
  question: string;
  context: string;
}

export interface QaRequest {
  /** In the order of the request, at least one. */
  pairs: Pair[];
  /** Whether they came as a list, and their answers go as one. */
  many: boolean;
  parameters: Partial<QaParameters>;
}

/** A text. One that ends in half an emoji, say, was cut without care: the half is read as U+FFFD, which is as long, so offsets are those of the text as it came. */
const Text = v.pipe(
  v.string(says('INVALID_FIELD', 'a string')),
  v.transform((text) => text.toWellFormed()),
  v.check((text) => text.trim() !== '', says('EMPTY_FIELD', 'text')),
);

/** A list is counted before its items are looked at. */
const listOf = <Item extends v.GenericSchema>(item: Item) =>
  v.pipe(
    v.array(v.unknown()),
    v.minLength(1, says('EMPTY_FIELD', 'at least one question')),
    v.maxLength(MAX_PAIRS, says('TOO_MANY_PAIRS', `at most ${MAX_PAIRS} questions`)),
    v.array(item),
  );

/** The one or the other by what came, so that what is wrong is told of the one that was meant. */
const listOr = <Many extends v.GenericSchema, One extends v.GenericSchema>(many: Many, one: One) =>
  v.lazy((input): Many | One => (Array.isArray(input) ? many : one));

const Questions = listOr(listOf(Text), Text);

/** `{"question", "context"}` with the parameters beside them. */
const Plain = fields({ question: Questions, context: Text, ...PARAMETERS, inference_id: v.optional(InferenceId) });

/** As Hugging Face's inference API has it. */
const Wrapped = fields({
  inputs: listOr(listOf(fields({ question: Text, context: Text })), fields({ question: Questions, context: Text })),
  parameters: v.optional(fields(PARAMETERS), {}),
  inference_id: v.optional(InferenceId),
});

/** Either form as one request: docs/api.md describes both. */
const Request = v.lazy((json) =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, 'inputs')
    ? v.pipe(
        Wrapped,
        v.transform(({ inputs, parameters }) => qaRequest(inputs, parameters)),
      )
    : v.pipe(
        Plain,
        v.transform(({ question, context, ...named }) => qaRequest({ question, context }, named)),
      ),
);

function qaRequest(
  inputs: Pair[] | { question: string | string[]; context: string },
  named: Parameters<typeof qaParameters>[0],
): QaRequest {
  const parameters = qaParameters(named);
  if (Array.isArray(inputs)) return { pairs: inputs, many: true, parameters };
  const { question, context } = inputs;
  const many = Array.isArray(question);
  return { pairs: (many ? question : [question]).map((each) => ({ question: each, context })), many, parameters };
}

/**
 * The request that a body holds.
 *
 * @throws RequestError MISSING_FIELD, EMPTY_FIELD, INVALID_FIELD, UNKNOWN_FIELD, INVALID_PARAMETER or TOO_MANY_PAIRS
 */
export function parseRequest(json: object): QaRequest {
  const result = v.safeParse(Request, json, { abortEarly: true });
  if (result.success) return result.output;
  throw requestError(result.issues[0]);
}
