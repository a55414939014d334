import * as v from 'valibot';
import { Identifier } from '../capture/record.ts';

/** The name of a rule, as records and metrics have it. */
const Name = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Expected lower-case letters, digits and "-"'));

/** A place in a payload that is JSON: a JSONPath (RFC 9535, `$.customer.name`) or a JSON pointer (RFC 6901, `/customer/name`). */
const Path = v.pipe(
  v.string(),
  v.regex(/^[$/]/, 'Expected a JSONPath, which begins with "$", or a JSON pointer, which begins with "/"'),
);

const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const Bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const Most = <T extends v.GenericSchema>(item: T, most: number) =>
  v.pipe(v.array(item), v.minLength(1), v.maxLength(most));

/** The detectors' names are in policy/detectors/detectors.ts. */
export const Detector = v.picklist([
  'email',
  'phone',
  'card',
  'iban',
  'ipv4',
  'ipv6',
  'us-ssn',
  'uk-nhs',
  'de-tax-id',
  'fr-nir',
  'es-dni',
  'aws-key',
  'jwt',
  'url-credentials',
]);

/** Where a rule of the redaction looks. `attributes`: the caller's own ids and attributes of a record. */
const Part = v.picklist(['input', 'output', 'label', 'attributes']);

/**
 * What a rule does with what it finds. `replace`: `[NAME]` stands in its place, NAME being the detector's or the rule's. `hash`: `[NAME:HMAC]`, so that equal
 * values can still be joined. `mask`: a `*` for each character. `truncate`: its first `length` characters stay. `drop`: it goes, with its key where it is a value.
 */
const Action = v.picklist(['replace', 'hash', 'mask', 'truncate', 'drop']);

const rule = {
  name: Name,
  in: v.optional(Most(Part, 4), ['input', 'output', 'label', 'attributes']),
  action: v.optional(Action, 'replace'),
  /** Characters that `mask` leaves at the end. */
  keepLast: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(8)), 0),
  /** Characters that `truncate` leaves. */
  length: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_536))),
};
/** A rule finds by one of these: detectors, or a path, or a regular expression (of RE2: it takes linear time). */
const RedactionRule = v.union([
  v.strictObject({ ...rule, detect: v.union([v.literal('all'), Most(Detector, 32)]) }),
  v.strictObject({ ...rule, path: Path }),
  v.strictObject({ ...rule, pattern: v.pipe(v.string(), v.minLength(1), v.maxLength(1000)) }),
]);

/** Which records a rule of the sampling is for: those that fulfil all of it. */
const Condition = v.strictObject({
  status: v.optional(v.strictObject({ from: v.optional(v.number()), to: v.optional(v.number()) })),
  errorCode: v.optional(Most(Identifier, 100)),
  /** The number at `path` in the output is below `below`. */
  score: v.optional(v.strictObject({ path: v.optional(Path, '$.score'), below: v.number() })),
  latencyAboveMs: v.optional(v.number()),
  source: v.optional(Most(Identifier, 100)),
  caller: v.optional(Most(Identifier, 1000)),
});

const Cap = v.strictObject({ bytes: Bytes, beyond: v.optional(v.picklist(['cut', 'object']), 'cut') });

/** The document by which a platform team decides what may be stored, as JSON or YAML. Unknown keys are refused: they may be misspelt. */
export const PolicyDocument = v.strictObject({
  version: v.literal(1),
  /** What is stored of a record where the policy fails or is not there: nothing, or the record without payloads, ids of callers and attributes. */
  onError: v.optional(v.picklist(['nothing', 'metadata']), 'nothing'),
  captureOptions: v.optional(Most(v.picklist(['Input', 'Output']), 2), ['Input', 'Output']),
  contentTypes: v.optional(
    v.strictObject({ json: v.optional(Most(v.string(), 100)), csv: v.optional(Most(v.string(), 100)) }),
  ),
  /** The secret for `hash` and `subjectKey`: the name of an environment variable, or the ARN or name of a secret in Secrets Manager. */
  key: v.optional(v.union([v.strictObject({ variable: v.string() }), v.strictObject({ secret: v.string() })])),
  redaction: v.optional(v.pipe(v.array(RedactionRule), v.maxLength(100)), []),
  /** What becomes of a payload that is no text, where there are rules to search it by. */
  binary: v.optional(v.picklist(['withhold', 'keep']), 'withhold'),
  sampling: v.optional(
    v.strictObject({
      /** What decides: records that have the same get the same verdict. `eventId`, `inferenceId`, `requestId`, `header:NAME`, or a path in the input. */
      by: v.optional(v.string(), 'eventId'),
      rate: v.optional(Share, 1),
      /** The first rule that fits sets the rate. */
      rules: v.optional(
        v.pipe(v.array(v.strictObject({ name: Name, when: Condition, rate: Share })), v.maxLength(100)),
        [],
      ),
      keepErrors: v.optional(v.boolean(), true),
      /** Most records that one environment keeps in a second. */
      recordsPerSecond: v.optional(v.pipe(v.number(), v.minValue(0.001))),
    }),
  ),
  caps: v.optional(v.strictObject({ input: v.optional(Cap), output: v.optional(Cap) })),
  /** Where a record says whom it is about: `header:NAME`, `inferenceId`, `caller`, or a path in the input. It is stored as a keyed hash. */
  subjectKey: v.optional(v.string()),
});
export type PolicyDocument = v.InferOutput<typeof PolicyDocument>;
export type RedactionRule = PolicyDocument['redaction'][number];
export type Sampling = NonNullable<PolicyDocument['sampling']>;
export type Caps = NonNullable<PolicyDocument['caps']>;
