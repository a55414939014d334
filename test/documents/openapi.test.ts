import { expect, test } from 'vitest';
import { WIRE_ERRORS } from '../../capture/wire.ts';
import { createTallies, statsOf } from '../../extension/accounting/tallies.ts';
import { METHODS } from '../../extension/receiver/request-head.ts';
import { OPENAPI } from './openapi.ts';

const operations = Object.entries(OPENAPI.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test('the OpenAPI document has the paths and methods of the receiver, and no other', () => {
  expect(Object.fromEntries(operations.map(({ path, method }) => [path, method]))).toEqual(METHODS);
  expect(operations).toHaveLength(Object.keys(METHODS).length);
});

test('it has each error with its status at an operation, except those for which there is none', () => {
  const documented = operations.flatMap(({ operation }) =>
    Object.entries(operation.responses as Record<string, unknown>).flatMap(([status, response]) =>
      Object.entries(WIRE_ERRORS)
        .filter(([code, error]) => JSON.stringify(response).includes(`"${code}"`) && error.status === Number(status))
        .map(([code]) => code),
    ),
  );
  expect([...new Set(documented)].sort()).toEqual(
    Object.keys(WIRE_ERRORS)
      .filter((code) => code !== 'NOT_FOUND' && code !== 'METHOD_NOT_ALLOWED')
      .sort(),
  );
});

test('it has the counts that the receiver tells, and no other', () => {
  const { required, properties } = OPENAPI.components.schemas.Stats as {
    required: string[];
    properties: Record<string, { required?: string[] }>;
  };
  const stats = statsOf(createTallies());
  expect(required.toSorted()).toEqual(Object.keys(stats).sort());
  const partsOf = (part: 'labels' | 'payloads') => [
    properties[part]!.required?.toSorted(),
    Object.keys(stats[part]).sort(),
  ];
  for (const part of ['labels', 'payloads'] as const) expect(partsOf(part)[0]).toEqual(partsOf(part)[1]);
  expect(properties['dropped']!.required).toEqual(Object.keys(stats.dropped));
  expect(properties['leftOut']!.required).toEqual(Object.keys(stats.leftOut));
});
