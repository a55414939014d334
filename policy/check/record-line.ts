import * as v from 'valibot';
import { Identifier, InferenceRecord, Payload } from '../../capture/record.ts';

const StoredPayload = v.object({
  observedContentType: v.string(),
  data: v.string(),
  encoding: Payload.entries.encoding,
});

/** What of a stored line is of the record. SageMaker's own lines lack the last part. */
const StoredLine = v.object({
  captureData: v.object({ endpointInput: v.optional(StoredPayload), endpointOutput: v.optional(StoredPayload) }),
  eventMetadata: v.object({
    eventId: Identifier,
    inferenceTime: v.string(),
    inferenceId: v.optional(Identifier),
    customAttributes: InferenceRecord.entries.customAttributes,
  }),
  inferenceCapture: v.optional(
    v.partial(
      v.pick(InferenceRecord, ['requestId', 'latencyMs', 'status', 'errorCode', 'modelDigest', 'coldStart', 'traceId']),
    ),
    {},
  ),
});

/** A record of a file. `stored`: it was a stored line, which lacks what a policy may decide by. */
export interface RecordOfLine {
  record: InferenceRecord;
  stored: boolean;
}

/**
 * Reads a line: a record as it is posted, or one as it is stored.
 *
 * @throws Error that says what was expected, and nothing of the record
 */
export function readRecordLine(line: string): RecordOfLine {
  const json = parse(line);
  const stored = typeof json === 'object' && json !== null && 'captureData' in json;
  return { record: check(InferenceRecord, stored ? recordOf(check(StoredLine, json)) : json), stored };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error('Expected a record as a JSON object, got text that is not JSON');
  }
}

function check<T extends v.GenericSchema>(schema: T, value: unknown): v.InferOutput<T> {
  const { success, issues, output } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  const place = v.getDotPath(issues[0]);
  throw new Error(`Expected ${issues[0].expected ?? issues[0].type} at "${place ?? 'record'}", got something else`);
}

function recordOf({ captureData, eventMetadata, inferenceCapture }: v.InferOutput<typeof StoredLine>): unknown {
  const { endpointInput, endpointOutput } = captureData;
  return {
    requestId: eventMetadata.eventId,
    latencyMs: 0,
    status: 200,
    ...inferenceCapture,
    ...eventMetadata,
    input: payloadOf(endpointInput),
    output: payloadOf(endpointOutput),
  };
}

/** A side that the line does not have is an empty text. */
function payloadOf(stored: v.InferOutput<typeof StoredPayload> | undefined): Payload {
  if (stored === undefined) return { contentType: '', encoding: 'CSV', data: '' };
  return { contentType: stored.observedContentType, encoding: stored.encoding, data: stored.data };
}
