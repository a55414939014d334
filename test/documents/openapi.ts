import { toJsonSchema } from '@valibot/to-json-schema';
import { stringify } from 'yaml';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { Label } from '../../capture/label.ts';
import { InferenceRecord } from '../../capture/record.ts';
import {
  DEFAULT_PORT,
  DROP_REASONS,
  HEALTH_PATH,
  LABELS_PATH,
  LEFT_OUT_REASONS,
  MAX_BODY_BYTES,
  MAX_REPORTED_LINES,
  NOT_CAPTURED_REASONS,
  RECORDS_PATH,
  STATS_PATH,
  WIRE_ERRORS,
  type WireErrorCode,
} from '../../capture/wire.ts';

const ERRORS = Object.entries(WIRE_ERRORS) as [WireErrorCode, { status: number; meaning: string }][];
/** What every request can be answered with, whatever its path is. */
const ANYWHERE: WireErrorCode[] = ['MALFORMED_REQUEST', 'FOREIGN_CALLER', 'REQUEST_TIMEOUT', 'INTERNAL_ERROR'];
/** What is answered where there is no operation. */
const NOWHERE: WireErrorCode[] = ['NOT_FOUND', 'METHOD_NOT_ALLOWED'];

const count = { type: 'integer', minimum: 0 };
const counts = (reasons: readonly string[]) => ({
  type: 'object',
  properties: Object.fromEntries(reasons.map((reason) => [reason, count])),
});
const all = (properties: Record<string, object>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
/** What became of labels, or of payloads with an object of their own. */
const OUTCOMES = { delivered: count, logged: count, dropped: counts(DROP_REASONS), pending: count };
const POLICY_STATUS = {
  type: 'object',
  required: ['state'],
  properties: { state: { enum: ['loading', 'ready', 'failed'] }, id: { type: 'string' }, cause: { type: 'string' } },
};
const withOptional = (optional: Record<string, object>, required: Record<string, object>) => {
  const schema = all(required);
  return { ...schema, properties: { ...schema.properties, ...optional } };
};
const schemaNamed = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The record's schema. JSON Schema has no word for some of it. */
function recordSchema(): object {
  const { $schema: _, ...schema } = toJsonSchema(InferenceRecord, { errorMode: 'ignore' });
  const inferenceTime = { ...(schema.properties!['inferenceTime'] as object), format: 'date-time' };
  return {
    description:
      'One exchange. Other fields are ignored. Lengths are in UTF-16 code units, and no text may have half of a surrogate pair.',
    ...schema,
    properties: { ...schema.properties, inferenceTime },
    example: EXAMPLE_RECORD,
  };
}

/** A label names its record by one of two ids. */
function labelSchema(): object {
  const { $schema: _, ...schema } = toJsonSchema(Label, { errorMode: 'ignore', typeMode: 'input' });
  const time = { ...(schema.properties!['time'] as object), format: 'date-time' };
  return {
    description: 'The truth about one record. Other fields are ignored.',
    ...schema,
    properties: { ...schema.properties, time },
    anyOf: [{ required: ['eventId'] }, { required: ['inferenceId'] }],
    example: { eventId: EXAMPLE_RECORD.eventId, data: '1', encoding: 'CSV' },
  };
}

/** One of them as JSON, or one a line. */
function bodyOf(name: 'Record' | 'Label'): object {
  const what = name.toLowerCase();
  return {
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: schemaNamed(name) },
        'application/x-ndjson': {
          schema: {
            type: 'array',
            items: schemaNamed(name),
            description: `One ${what} a line, each as JSON without a line feed. Blank lines are passed over.`,
          },
        },
      },
    },
  };
}

function success(status: number, description: string, schema: object) {
  return { [status]: { description, content: { 'application/json': { schema } } } };
}

/** An answer for each status, with the codes that have it. */
function refusals(codes: readonly WireErrorCode[]): Record<string, object> {
  const statuses = Map.groupBy(
    ERRORS.filter(([code]) => codes.includes(code)),
    ([, { status }]) => status,
  );
  const answers = Array.from(statuses, ([status, errors]) => [
    status,
    {
      description: errors.map(([code, { meaning }]) => `${code}: ${meaning}`).join(' '),
      content: {
        'application/json': {
          schema: {
            allOf: [
              schemaNamed('Error'),
              { properties: { error: { properties: { code: { enum: errors.map(([code]) => code) } } } } },
            ],
          },
        },
      },
    },
  ]);
  return Object.fromEntries(answers);
}

const operation = (operationId: string, summary: string, parts: object, answers: object, codes: WireErrorCode[]) => ({
  operationId,
  summary,
  ...parts,
  responses: { ...answers, ...refusals(codes) },
});

/** The wire as an OpenAPI document. */
export const OPENAPI = {
  openapi: '3.1.1',
  info: {
    title: 'The receiver of inference-capture',
    version: '1',
    summary: 'A function hands the records of its answers to the extension beside it.',
    description: `Loopback only. A body has at most ${MAX_BODY_BYTES} bytes of UTF-8. docs/wire-protocol.md explains all of it.`,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [
    {
      url: 'http://127.0.0.1:{port}',
      variables: { port: { default: String(DEFAULT_PORT), description: 'CAPTURE_PORT' } },
    },
  ],
  paths: {
    [RECORDS_PATH]: {
      post: operation(
        'postRecords',
        'Hands over one record, or one a line.',
        bodyOf('Record'),
        success(202, 'The records are on disk, or left out on purpose.', schemaNamed('Accepted')),
        ERRORS.map(([code]) => code).filter((code) => !NOWHERE.includes(code)),
      ),
    },
    [LABELS_PATH]: {
      post: operation(
        'postLabels',
        'Hands over one label, or one a line.',
        bodyOf('Label'),
        success(202, 'The labels are on disk.', schemaNamed('Accepted')),
        ERRORS.map(([code]) => code).filter((code) => !NOWHERE.includes(code)),
      ),
    },
    [STATS_PATH]: {
      get: operation(
        'getStats',
        'What became of the records since the extension started.',
        {},
        success(200, 'The counts.', schemaNamed('Stats')),
        ANYWHERE,
      ),
    },
    [HEALTH_PATH]: {
      get: operation(
        'getHealth',
        'Says that the extension runs.',
        {},
        success(200, 'It runs.', all({ status: { const: 'ok' } })),
        ANYWHERE,
      ),
    },
  },
  components: {
    schemas: {
      Record: recordSchema(),
      Label: labelSchema(),
      Accepted: all({ accepted: count }),
      Error: all({
        error: {
          type: 'object',
          required: ['code', 'message'],
          properties: {
            code: { enum: ERRORS.map(([code]) => code) },
            message: { type: 'string', description: 'What was expected and what came, without a part of a record.' },
            details: schemaNamed('LinesDetails'),
          },
        },
      }),
      LinesDetails: {
        ...all({
          accepted: count,
          refused: count,
          lines: {
            type: 'array',
            maxItems: MAX_REPORTED_LINES,
            items: all({
              line: { type: 'integer', minimum: 1, description: 'Its number in the body. Blank lines count.' },
              code: { enum: ERRORS.map(([code]) => code) },
              message: { type: 'string' },
            }),
          },
        }),
        description: `Of a body of lines of which some were refused: what became of them, and the first ${MAX_REPORTED_LINES} of those refused.`,
      },
      // `policy` is there only where one is configured.
      Stats: withOptional(
        { policy: POLICY_STATUS },
        {
          received: count,
          recovered: count,
          delivered: count,
          logged: count,
          dropped: { ...counts(DROP_REASONS), required: [...DROP_REASONS] },
          leftOut: { ...counts(LEFT_OUT_REASONS), required: [...LEFT_OUT_REASONS] },
          notCaptured: counts(NOT_CAPTURED_REASONS),
          pending: count,
          labels: all({ received: count, recovered: count, ...OUTCOMES }),
          payloads: all(OUTCOMES),
          spoolBytes: count,
          redacted: { type: 'object', additionalProperties: count, description: 'By the name of the rule.' },
        },
      ),
    },
  },
} as const;

/** The same as the text of a file. */
export const OPENAPI_TEXT = `# Written by \`make docs\`.\n${stringify(OPENAPI, { lineWidth: 0, aliasDuplicateObjects: false })}`;
