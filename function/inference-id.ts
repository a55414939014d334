import * as v from 'valibot';
import { InferenceRecord } from '../capture/record.ts';
import { RequestError } from './errors.ts';
import { kind, says } from './request-schema.ts';

/** The caller's own id for an exchange. The caller finds the record by it. */
export const InferenceId = v.pipe(
  v.string(says('INVALID_FIELD', 'a string of 1 to 256 characters')),
  v.check(
    (id) => v.is(InferenceRecord.entries.inferenceId, id) && id.isWellFormed(),
    says('INVALID_FIELD', 'a string of 1 to 256 characters'),
  ),
);

/**
 * The id in the value of the header `x-inference-id`. It takes precedence over the id in the body.
 *
 * @throws RequestError INVALID_FIELD
 */
export function inferenceIdOfHeader(value: string | undefined): string | undefined {
  if (value === undefined || v.is(InferenceId, value)) return value;
  throw new RequestError(
    'INVALID_FIELD',
    `Expected 1 to 256 characters in the header "x-inference-id", got ${kind(value)}`,
  );
}

/** The id in a body, for its record, even if something else is wrong with the body. Undefined: the body has no valid id. */
export function inferenceIdOfBody(json: object): string | undefined {
  const result = v.safeParse(v.object({ inference_id: InferenceId }), json);
  return result.success ? result.output.inference_id : undefined;
}
