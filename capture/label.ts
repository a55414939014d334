import * as v from 'valibot';
import { Identifier, Text, UtcTime } from './record.ts';

/** What a label says about one record: the truth, as it became known later. On the wire of docs/wire-protocol.md, as JSON. */
export const Label = v.pipe(
  v.object({
    /** The record that it is about, by the id that the client made. */
    eventId: v.optional(Identifier),
    /** The same, by the caller's own id. */
    inferenceId: v.optional(Identifier),
    data: Text,
    encoding: v.optional(v.picklist(['JSON', 'CSV', 'BASE64']), 'CSV'),
    /** When the truth became known. It decides the hour that the label is stored under. @default the present */
    time: v.optional(UtcTime),
  }),
  v.check(
    ({ eventId, inferenceId }) => eventId !== undefined || inferenceId !== undefined,
    'Expected an "eventId" or an "inferenceId"',
  ),
);
export type Label = v.InferOutput<typeof Label>;
