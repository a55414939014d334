import * as v from 'valibot';
import { MAX_ID_LENGTH } from '../capture/wire.ts';
import { DETECTORS } from './detectors/detectors.ts';
import { integerBetween, Keys, Most, matching, numberBetween, says, text } from './schema-parts.ts';

/** The name of a rule, as records and metrics have it. */
const Name = v.pipe(
  matching(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and "-", 63 at most'),
  says('The name of the rule. Records and metrics have it.'),
);

const Path = v.pipe(
  matching(/^[$/]/, 'a JSONPath, which begins with "$", or a JSON pointer, which begins with "/"'),
  v.maxLength(1000, 'Expected 1000 characters at most'),
  says(
    'A place in a payload that is JSON: a JSONPath (RFC 9535, $.customer.name) or a JSON pointer (RFC 6901, /customer/name).',
  ),
);

const Share = numberBetween(0, 1);
/** What a record may have as an id. That half a surrogate pair is none need not be said here: no record has one. */
const Identifier = text(MAX_ID_LENGTH);
const Source = Most(Identifier, 100);

const Detector = v.picklist(DETECTORS);

const Part = v.picklist(['input', 'output', 'label', 'attributes']);
const Action = v.picklist(['replace', 'hash', 'mask', 'truncate', 'drop']);

const rule = {
  name: Name,
  in: v.optional(
    v.pipe(Most(Part, 4), says("Where the rule looks. attributes: the caller's own ids and attributes of a record.")),
    ['input', 'output', 'label', 'attributes'],
  ),
  action: v.optional(
    v.pipe(
      Action,
      says(
        'What the rule does with what it finds. replace: [NAME] stands in its place, NAME being that of the detector or of the rule. hash: [NAME:HMAC], so that equal values can still be joined. mask: a * for each character. truncate: its first characters stay. drop: it goes, with its key where it is a value.',
      ),
    ),
    'replace',
  ),
  keepLast: v.optional(v.pipe(integerBetween(0, 8), says('Characters that mask leaves at the end.')), 0),
  length: v.optional(v.pipe(integerBetween(1, 65_536), says('Characters that truncate leaves.'))),
};
const detect = v.pipe(
  v.union([v.literal('all'), Most(Detector, 32)]),
  says('The rule finds what these detectors find: their names, or all.'),
);
const pattern = v.pipe(text(1000), says('The rule finds what this regular expression of RE2 finds.'));
const RedactionRule = v.union([
  Keys({ ...rule, detect }),
  Keys({ ...rule, path: v.pipe(Path, says('The rule finds what is at this JSONPath or JSON pointer.')) }),
  Keys({ ...rule, pattern }),
]);

const Status = integerBetween(100, 599);
const Condition = Keys({
  status: v.optional(
    v.pipe(
      Keys({
        from: v.optional(v.pipe(Status, says('The least status.'))),
        to: v.optional(v.pipe(Status, says('The greatest status.'))),
      }),
      says('The HTTP status of the answer is in this range. Both ends belong to it.'),
    ),
  ),
  errorCode: v.optional(v.pipe(Most(Identifier, 100), says('The error code is one of these.'))),
  score: v.optional(
    v.pipe(
      Keys({
        path: v.optional(Path, '$.score'),
        below: v.pipe(numberBetween(-1e15, 1e15), says('The number at the path is below this one.')),
      }),
      says('The output has a number at a path that is low.'),
    ),
  ),
  latencyAboveMs: v.optional(v.pipe(numberBetween(0, 1e9), says('The answer took longer than this, in milliseconds.'))),
  source: v.optional(v.pipe(Source, says('What asked is one of these: api-gateway-rest, sqs, direct and the like.'))),
  caller: v.optional(v.pipe(Most(Identifier, 1000), says('Who asked is one of these: ids of API keys or identities.'))),
});

const Sampling = Keys({
  by: v.optional(
    v.pipe(
      text(1000),
      says(
        'What decides: records that have the same get the same verdict. eventId, inferenceId, requestId, header:NAME, or a path in the input.',
      ),
    ),
    'eventId',
  ),
  rate: v.optional(v.pipe(Share, says('The share of the records that is kept where no rule fits: 0 to 1.')), 1),
  rules: v.optional(
    v.pipe(
      v.array(
        Keys({
          name: Name,
          when: v.pipe(Condition, says('The rule fits a record that fulfils all of this.')),
          rate: v.pipe(Share, says('The share of such records that is kept: 0 to 1.')),
        }),
      ),
      v.maxLength(100, 'Expected 100 at most'),
      says('The first rule that fits sets the rate.'),
    ),
    [],
  ),
  keepErrors: v.optional(
    v.pipe(
      v.boolean(),
      says('Records with a status of 400 or above, or with an error code, are kept always, whatever the rules say.'),
    ),
    true,
  ),
  recordsPerSecond: v.optional(
    v.pipe(numberBetween(0.001, 1_000_000), says('Most records that one environment keeps in a second.')),
  ),
});

const Cap = Keys({
  bytes: v.pipe(integerBetween(0, 16 * 1024 * 1024), says('Most bytes of the payload in the line, as UTF-8.')),
  beyond: v.optional(
    v.pipe(
      v.picklist(['cut', 'object']),
      says(
        'What becomes of a larger payload. cut: its beginning stays. object: it goes whole to an object of its own, and the line has its beginning.',
      ),
    ),
    'cut',
  ),
});

const ContentTypes = Most(
  matching(
    /^(\*|[\w.+-]+)\/[\w.+-]*\*?[\w.+-]*$/,
    'a content type without parameters, such as text/csv or application/*+json, with one "*" in its second half at most',
  ),
  100,
);

/**
 * The document by which a platform team decides what may be stored, as JSON or YAML. docs/policy.md explains each field. The JSON Schema in
 * policy/policy.schema.json is made of this. What no schema can say is in policy/document-checks.ts.
 */
export const PolicyDocument = Keys({
  $schema: v.optional(v.pipe(v.string(), says('Where the JSON Schema is, for editors. It has no effect.'))),
  version: v.pipe(v.literal(1), says('The version of this form of document.')),
  onError: v.optional(
    v.pipe(
      v.picklist(['nothing', 'metadata']),
      says(
        'What is stored of a record where the policy fails: nothing, or the record without payloads, ids of callers and attributes.',
      ),
    ),
    'nothing',
  ),
  captureOptions: v.optional(
    v.pipe(Most(v.picklist(['Input', 'Output']), 2), says('The sides of an exchange that are stored.')),
    ['Input', 'Output'],
  ),
  contentTypes: v.optional(
    v.pipe(
      Keys({
        json: v.optional(v.pipe(ContentTypes, says('Content types that are stored as JSON.'))),
        csv: v.optional(v.pipe(ContentTypes, says('Content types that are stored as CSV.'))),
      }),
      says('Which payloads are stored as JSON and which as CSV. Others become BASE64.'),
    ),
  ),
  key: v.optional(
    v.pipe(
      v.union([
        Keys({
          variable: v.pipe(
            matching(/^[A-Za-z_][A-Za-z0-9_]{0,255}$/, 'the name of an environment variable'),
            says('The name of an environment variable of the extension.'),
          ),
        }),
        Keys({ secret: v.pipe(text(2048), says('The name or the ARN of a secret in Secrets Manager.')) }),
      ]),
      says(
        'The secret for hash and subjectKey: the name of an environment variable, or the ARN or name of a secret in Secrets Manager.',
      ),
    ),
  ),
  redaction: v.optional(
    v.pipe(
      v.array(RedactionRule),
      v.maxLength(100, 'Expected 100 at most'),
      says('The rules of the redaction. Each finds by one of detect, path and pattern.'),
    ),
    [],
  ),
  binary: v.optional(
    v.pipe(
      v.picklist(['withhold', 'keep']),
      says('What becomes of a payload that is no text, where there are rules to search it by.'),
    ),
    'withhold',
  ),
  sampling: v.optional(v.pipe(Sampling, says('Which records are kept.'))),
  caps: v.optional(
    v.pipe(
      Keys({
        input: v.optional(v.pipe(Cap, says('Of the input.'))),
        output: v.optional(v.pipe(Cap, says('Of the output.'))),
      }),
      says('Most bytes of a payload in the line.'),
    ),
  ),
  subjectKey: v.optional(
    v.pipe(
      text(1000),
      says(
        'Where a record says whom it is about: header:NAME, inferenceId, caller, or a path in the input. It is stored as a keyed hash.',
      ),
    ),
  ),
});

export type PolicyDocument = v.InferOutput<typeof PolicyDocument>;
export type RedactionRule = PolicyDocument['redaction'][number];
export type Sampling = NonNullable<PolicyDocument['sampling']>;
export type Condition = Sampling['rules'][number]['when'];
export type Caps = NonNullable<PolicyDocument['caps']>;
export type Cap = NonNullable<Caps['input']>;
