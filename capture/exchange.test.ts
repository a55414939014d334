import { expectTypeOf, test } from 'vitest';
import type { CapturedPayload, Exchange } from './exchange.ts';
import type { InferenceRecord, Payload } from './record.ts';

/** The same type, written as one object. */
type Plain<T> = { [K in keyof T]: T[K] };
type MadeByClient = 'eventId' | 'inferenceTime';

test('what a client takes is the record of the schema, without what the client itself adds', () => {
  expectTypeOf<CapturedPayload>().toEqualTypeOf<Payload>();
  expectTypeOf<Plain<Exchange>>().toEqualTypeOf<
    Plain<Omit<InferenceRecord, MadeByClient | 'lostBefore'> & Partial<Pick<InferenceRecord, MadeByClient>>>
  >();
});
