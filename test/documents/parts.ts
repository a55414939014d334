import type * as v from 'valibot';
import { EXAMPLE_LABEL } from '../../capture/fixtures/example-label.ts';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { Label } from '../../capture/label.ts';
import { InferenceRecord } from '../../capture/record.ts';
import { DROP_REASONS, LEFT_OUT_REASONS, NOT_CAPTURED_REASONS, WIRE_ERRORS } from '../../capture/wire.ts';
import { Environment as ExtensionEnvironment } from '../../extension/configuration/config.ts';
import { Environment as FunctionEnvironment } from '../../function/config.ts';
import { REQUEST_ERRORS } from '../../function/errors.ts';
import { MAX_BODY_BYTES } from '../../function/event-sources/body.ts';
import { MAX_ANSWER_BYTES, MAX_BALANCER_ANSWER_BYTES } from '../../function/tasks/answer-inputs.ts';
import { MAX_INPUTS, MAX_TOP_K } from '../../function/tasks/input-schemas.ts';
import { PARAMETERS, qaParameters } from '../../function/tasks/question-answering/named-parameters.ts';
import { resolveParameters } from '../../function/tasks/question-answering/parameters.ts';
import { PARAMETERS as CLASSIFICATION_PARAMETERS } from '../../function/tasks/text-classification/request.ts';
import { DETECTORS } from '../../policy/detectors/detectors.ts';
import { policyJsonSchema } from '../../policy/json-schema.ts';
import type { Parts, Table } from './markdown.ts';
import { OPENAPI_TEXT } from './openapi.ts';
import { policyFields } from './policy-fields.ts';

const code = (text: string) => `\`${text}\``;
const mib = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
const kib = (bytes: number) => `${bytes / 1024} KiB`;

function errors(table: Readonly<Record<string, { status: number; meaning: string }>>): Table {
  const rows = Object.entries(table);
  return {
    columns: ['code', 'status', 'meaning'],
    rows: rows.map(([name, { status, meaning }]) => [code(name), String(status), meaning]),
  };
}

/** Where the schema has no default, a person writes what happens without the variable. */
function variables({ entries }: { entries: v.ObjectEntries }): Table {
  const standard = (schema: object) => {
    if (!('default' in schema) || typeof schema.default !== 'string') return undefined;
    return schema.default === '' ? 'none' : code(schema.default);
  };
  return {
    columns: ['variable', 'default', 'meaning'],
    rows: Object.entries(entries).map(([name, schema]) => [code(name), standard(schema), undefined]),
  };
}

function fields({ entries }: { entries: v.ObjectEntries }): Table {
  return {
    columns: ['field', 'required', 'meaning'],
    rows: Object.entries(entries).map(([name, { type }]) => [
      code(name),
      type === 'optional' ? 'no' : 'yes',
      undefined,
    ]),
  };
}

function reasons(names: readonly string[]): Table {
  return { columns: ['reason', 'meaning'], rows: names.map((name) => [code(name), undefined]) };
}

/** Where the default depends on the model, a person writes how. */
function questionParameters(): Table {
  const special = { specialTokens: 3, specialTokensOfOne: 2 };
  const [small, large] = [64, 512].map((modelMaxLength) => resolveParameters({}, { modelMaxLength, ...special }));
  function standard(name: string): string | undefined {
    const [ours] = Object.keys(qaParameters({ [name]: 1 })) as (keyof typeof small)[];
    const [one, other] = [small![ours!], large![ours!]];
    return one === other ? code(String(one)) : undefined;
  }
  return {
    columns: ['parameter', 'default', 'meaning'],
    rows: Object.keys(PARAMETERS).map((name) => [code(name), standard(name), undefined]),
  };
}

/** The defaults are the classifier's own: a person writes them. */
function classificationParameters(): Table {
  return {
    columns: ['parameter', 'default', 'meaning'],
    rows: Object.keys(CLASSIFICATION_PARAMETERS).map((name) => [code(name), undefined, undefined]),
  };
}

const DETECTOR_TABLE: Table = {
  columns: ['detector', 'finds', 'leaves out', 'check'],
  rows: DETECTORS.map((name) => [code(name), undefined, undefined, undefined]),
};

const LIMITS: Table = {
  columns: ['limit', 'value', 'why'],
  rows: [
    ['body', mib(MAX_BODY_BYTES), undefined],
    ['questions of a request', String(MAX_INPUTS), undefined],
    ['answers to a question', String(MAX_TOP_K), undefined],
    ['answers of a request', `${mib(MAX_ANSWER_BYTES)} of JSON`, undefined],
    ['the same behind a load balancer', `${kib(MAX_BALANCER_ANSWER_BYTES)} of JSON`, undefined],
    ['time', undefined, undefined],
  ],
};

/** What the code knows of each document. `make docs` writes it there. */
export const DOCUMENTS: Readonly<Record<string, Parts>> = {
  'docs/api.md': {
    parameters: questionParameters(),
    'classification-parameters': classificationParameters(),
    limits: LIMITS,
  },
  'docs/configuration.md': {
    'extension-variables': variables(ExtensionEnvironment),
    'function-variables': variables(FunctionEnvironment),
  },
  'docs/detectors.md': { detectors: DETECTOR_TABLE },
  'docs/errors.md': { 'request-errors': errors(REQUEST_ERRORS) },
  'docs/policy.md': { 'policy-fields': policyFields() },
  'docs/wire-protocol.md': {
    'example-record': `\`\`\`json\n${JSON.stringify(EXAMPLE_RECORD, null, 2)}\n\`\`\``,
    'record-fields': fields(InferenceRecord),
    'example-label': `\`\`\`json\n${JSON.stringify(EXAMPLE_LABEL, null, 2)}\n\`\`\``,
    'label-fields': fields(Label.pipe[0]),
    'receiver-errors': errors(WIRE_ERRORS),
    'drop-reasons': reasons(DROP_REASONS.filter((reason) => !(reason in WIRE_ERRORS))),
    'left-out-reasons': reasons(LEFT_OUT_REASONS),
    'not-captured-reasons': reasons(NOT_CAPTURED_REASONS),
  },
};

/** Files that the code knows as a whole. */
export const FILES: Readonly<Record<string, string>> = {
  'docs/wire-protocol.openapi.yaml': OPENAPI_TEXT,
  'policy/policy.schema.json': policyJsonSchema(),
};
