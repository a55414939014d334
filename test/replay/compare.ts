import { isDeepStrictEqual } from 'node:util';
import type { Actual } from './apis.ts';
import type { Expected } from './fixtures.ts';

/** The differences between the expected and the actual answer to an event. */
export function differences(expected: Expected, { status, body }: Actual): string[] {
  const found =
    status === undefined || status === expected.status ? [] : [`status: expected ${expected.status}, got ${status}`];
  found.push(...missing(expected.body, body, ''));
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = expected.score;
  const score = 'score' in body ? body['score'] : undefined;
  const bounded = expected.score.atLeast !== undefined || expected.score.atMost !== undefined;
  if (bounded && !(typeof score === 'number' && score >= atLeast && score <= atMost)) {
    found.push(`score: expected ${JSON.stringify(expected.score)}, got ${score}`);
  }
  return found;
}

function missing(expected: object, actual: unknown, path: string): string[] {
  const expectedLength = Array.isArray(expected) ? expected.length : undefined;
  const length = Array.isArray(actual) ? actual.length : undefined;
  if (length !== expectedLength) {
    return [`${path}length: expected ${expectedLength ?? 'no list'}, got ${length ?? 'no list'}`];
  }
  return Object.entries(expected).flatMap(([key, value]) => {
    const got = (actual as Record<string, unknown> | undefined)?.[key];
    if (typeof value === 'object' && value !== null) return missing(value, got, `${path}${key}.`);
    return isDeepStrictEqual(value, got)
      ? []
      : [`${path}${key}: expected ${JSON.stringify(value)}, got ${JSON.stringify(got)}`];
  });
}
