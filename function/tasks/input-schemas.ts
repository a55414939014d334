import * as v from 'valibot';
import type { RequestErrorCode } from '../errors.ts';
import { says } from '../request-schema.ts';

/** Most inputs of one request. */
export const MAX_INPUTS = 100;

/** Most answers to one input. */
export const MAX_TOP_K = 100;

/**
 * A text with something in it. A text may be cut in the middle of a character, such as an emoji: the half is read as U+FFFD. That is as long as the half, so offsets hold for
 * the text as it came.
 */
export const Text = v.pipe(
  v.string(says('INVALID_FIELD', 'a string')),
  v.transform((text) => text.toWellFormed()),
  v.check((text) => text.trim() !== '', says('EMPTY_FIELD', 'text')),
);

/**
 * A list of inputs. It is counted before its items are looked at.
 *
 * @param name of one input, such as `question`
 * @param tooMany the error of a list of more than MAX_INPUTS
 */
export const listOf = <Item extends v.GenericSchema>(
  item: Item,
  name: string,
  tooMany: Extract<RequestErrorCode, `TOO_MANY_${string}`>,
) =>
  v.pipe(
    v.array(v.unknown()),
    v.minLength(1, says('EMPTY_FIELD', `at least one ${name}`)),
    v.maxLength(MAX_INPUTS, says(tooMany, `at most ${MAX_INPUTS} ${name}s`)),
    v.array(item),
  );

/** A list or a single value. What came decides which schema it is held against, so that an error is about the one that was meant. */
export const listOr = <Many extends v.GenericSchema, One extends v.GenericSchema>(many: Many, one: One) =>
  v.lazy((input): Many | One => (Array.isArray(input) ? many : one));

/**
 * The two forms of every request: `{"inputs", "parameters"}` as Hugging Face's inference API has it, and its own fields with the parameters beside them. What came decides, so
 * that an error is about the form that was meant. docs/api.md describes both.
 */
export const eitherForm = <Request>(
  wrapped: v.GenericSchema<unknown, Request>,
  plain: v.GenericSchema<unknown, Request>,
): v.GenericSchema<unknown, Request> =>
  v.lazy((json) => (typeof json === 'object' && json !== null && Object.hasOwn(json, 'inputs') ? wrapped : plain));

/** A parameter that is a whole number. */
export const WholeNumber = v.pipe(
  v.number(says('INVALID_PARAMETER', 'a whole number')),
  v.safeInteger(says('INVALID_PARAMETER', 'a whole number')),
);

/** How many answers an input may have. A task checks the least. */
export const TopK = v.pipe(
  WholeNumber,
  v.maxValue(MAX_TOP_K, says('INVALID_PARAMETER', `a whole number from 1 to ${MAX_TOP_K}`)),
);

/** A parameter that is true or false. */
export const Flag = v.boolean(says('INVALID_PARAMETER', 'true or false'));
