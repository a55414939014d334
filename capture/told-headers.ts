import * as v from 'valibot';
import { MAX_HEADER_LENGTH, MAX_HEADERS } from './wire.ts';

/** Headers with secrets, which must not leave the function. */
const SECRET = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'x-api-key',
  'x-amz-security-token',
  'x-amzn-oidc-accesstoken',
  'x-amzn-oidc-data',
];
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,256}$/;

/** CAPTURE_HEADERS: the headers that a record tells the policy of. */
export const ToldHeaders = v.pipe(
  v.string(),
  v.transform((text) => [...new Set(text.toLowerCase().split(/[\s,]+/))].filter((name) => name !== '')),
  v.check(
    (names) => names.every((name) => NAME.test(name) && !SECRET.includes(name)),
    (issue) =>
      `names of headers with "," between them, and none of ${SECRET.join(', ')}, got "${(issue.input as string[]).join()}"`,
  ),
  v.maxLength(MAX_HEADERS, (issue) => `at most ${MAX_HEADERS} names of headers, got ${issue.input.length}`),
);

/**
 * The named headers that a request has. A value that is longer than the wire allows is left out: the record must not be refused for it.
 *
 * @param headers by lower-case name
 * @returns undefined where it has none
 */
export function toldHeaders(
  names: readonly string[],
  headers: ReadonlyMap<string, string>,
): Record<string, string> | undefined {
  const told = names.flatMap((name) => {
    const value = headers.get(name);
    return value === undefined || value.length > MAX_HEADER_LENGTH ? [] : [[name, value] as const];
  });
  return told.length > 0 ? Object.fromEntries(told) : undefined;
}
