import { expect, test } from 'vitest';
import { logLevelOf, parseBasics, parseConfig } from './config.ts';
import { scopesOf } from './prefixes.ts';

const LEAST = { CAPTURE_DESTINATION: 's3://bucket/captured/qa', AWS_LAMBDA_FUNCTION_NAME: 'QuestionAnswering' };

test('a destination is enough, everything else has a default', () => {
  expect(parseConfig(LEAST)).toEqual({
    port: 2772,
    destination: { kind: 's3', bucket: 'bucket', pathStyle: false },
    scopes: scopesOf({ prefix: 'captured/qa', endpoint: 'QuestionAnswering', variant: 'AllTraffic' }),
    functionName: 'QuestionAnswering',
    functionVersion: '$LATEST',
    batch: { records: 1000, bytes: 4_194_304, ageMs: 60_000 },
    spool: { dir: '/tmp/inference-capture', maxBytes: 134_217_728 },
    flushBudgetMs: 500,
    flushStrategy: { kind: 'adaptive' },
    lastResortLog: false,
  });
});

test('how objects are stored in S3 can be told', () => {
  const CAPTURE_S3_KMS_KEY_ID = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const { destination } = parseConfig({
    ...LEAST,
    CAPTURE_S3_KMS_KEY_ID,
    CAPTURE_S3_EXPECTED_BUCKET_OWNER: '123456789012',
    CAPTURE_S3_STORAGE_CLASS: 'STANDARD_IA',
  });
  expect(destination).toMatchObject({
    kmsKeyId: CAPTURE_S3_KMS_KEY_ID,
    expectedBucketOwner: '123456789012',
    storageClass: 'STANDARD_IA',
  });
});

test.each([
  ['1', true],
  ['true', true],
  ['TRUE', true],
  ['yes', true],
  [' On\n', true],
  ['ture', true],
  ['2', true],
  ['0', false],
  ['False', false],
  ['no', false],
  ['off', false],
  ['', false],
  [undefined, false],
])('CAPTURE_FAIL_CLOSED=%s is known even where all else is wrong: %s', (CAPTURE_FAIL_CLOSED, failClosed) => {
  expect(parseBasics({ CAPTURE_FAIL_CLOSED, CAPTURE_PORT: 'http' })).toEqual({
    disabled: false,
    failClosed,
    port: 2772,
    functionName: 'unknown',
  });
});

test.each(['2773', ' 2773 '])('the port is known even where all else is wrong: %s', (CAPTURE_PORT) => {
  expect(parseBasics({ CAPTURE_PORT }).port).toBe(2773);
});

test.each(['0', '-1', '99999', 'NaN', '0x10', '1e3', '27.5'])(
  'a port that is none is not listened on: %s',
  (CAPTURE_PORT) => {
    expect(parseBasics({ CAPTURE_PORT }).port).toBe(2772);
  },
);

test('capture that is switched off is off, unless nothing may be answered without it: that is a contradiction', () => {
  expect(parseBasics({ CAPTURE_DISABLED: 'yes' }).disabled).toBe(true);
  const both = { CAPTURE_DISABLED: 'yes', CAPTURE_FAIL_CLOSED: 'yes' };
  expect(parseBasics(both).disabled).toBe(false);
  expect(() => parseConfig({ ...LEAST, ...both })).toThrow('CAPTURE_DISABLED: expected no');
});

test('an environment that lacks what must be there is told all of it, in words', () => {
  expect(() => parseConfig({ CAPTURE_BATCH_RECORDS: 'many' })).toThrow(
    /^CAPTURE_DESTINATION: expected s3:\/\/bucket\/prefix or file:\/\/\/folder, got nothing; CAPTURE_BATCH_RECORDS: .*, got "many"; AWS_LAMBDA_FUNCTION_NAME: expected the name that Lambda sets, got nothing$/,
  );
});

test.each([
  ['s3://bucket', { kind: 's3', bucket: 'bucket', pathStyle: true }, ''],
  ['s3://bucket/', { kind: 's3', bucket: 'bucket', pathStyle: true }, ''],
  ['s3://my.bucket/a/b/', { kind: 's3', bucket: 'my.bucket', pathStyle: true }, 'a/b'],
  ['file:///tmp/a%20b', { kind: 'file', folder: '/tmp/a b' }, ''],
])('the destination %s is understood', (CAPTURE_DESTINATION, destination, prefix) => {
  const config = parseConfig({ ...LEAST, CAPTURE_DESTINATION, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' });
  expect(config.destination).toEqual(destination);
  expect(config.scopes.record.prefix).toBe(prefix);
});

test.each([
  ['adaptive', { kind: 'adaptive' }, 60_000],
  ['End', { kind: 'end' }, Number.POSITIVE_INFINITY],
  ['periodically,60000', { kind: 'periodically', intervalMs: 60_000 }, Number.POSITIVE_INFINITY],
  [' PERIODICALLY , 1 ', { kind: 'periodically', intervalMs: 1 }, Number.POSITIVE_INFINITY],
  ['at-shutdown', { kind: 'at-shutdown' }, Number.POSITIVE_INFINITY],
])(
  'the strategy %s is understood, and the age of a batch counts only where batches decide',
  (text, strategy, ageMs) => {
    const config = parseConfig({ ...LEAST, CAPTURE_FLUSH_STRATEGY: text });
    expect(config.flushStrategy).toEqual(strategy);
    expect(config.batch.ageMs).toBe(ageMs);
  },
);

test.each(
  ['', 'never', 'continuously,60000', 'periodically', 'periodically,', 'periodically,0', 'periodically,-1'].concat([
    'periodically,60s',
    'periodically,1.5',
    'periodically,86400001',
    'end,1',
  ]),
)('a strategy that is none is refused: "%s"', (text) => {
  expect(() => parseConfig({ ...LEAST, CAPTURE_FLUSH_STRATEGY: text })).toThrow(
    `CAPTURE_FLUSH_STRATEGY: expected "adaptive", "end", "periodically,MS" (MS: 1 to 86400000 milliseconds) or "at-shutdown", got "${text}"`,
  );
});

test.each([
  [
    { CAPTURE_DESTINATION: undefined },
    'CAPTURE_DESTINATION: expected s3://bucket/prefix or file:///folder, got nothing',
  ],
  [{ CAPTURE_DESTINATION: '' }, 'CAPTURE_DESTINATION: expected s3://bucket/prefix or file:///folder, got ""'],
  [{ CAPTURE_DESTINATION: 's3://B/x' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_DESTINATION: 's3://bucket/a//b' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_DESTINATION: 's3://bucket/../b' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_DESTINATION: 'https://bucket' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_DESTINATION: 'file:///%zz' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_DESTINATION: 'file:///a%2Fb' }, 'CAPTURE_DESTINATION'],
  [{ CAPTURE_PORT: '70000' }, 'CAPTURE_PORT: expected a whole number from 1 to 65535, got "70000"'],
  [{ CAPTURE_BATCH_RECORDS: '0' }, 'CAPTURE_BATCH_RECORDS: expected a whole number from 1'],
  [{ CAPTURE_BATCH_BYTES: '4MB' }, 'CAPTURE_BATCH_BYTES: expected a whole number from 1'],
  [{ CAPTURE_BATCH_AGE_MS: '' }, 'CAPTURE_BATCH_AGE_MS: expected a whole number from 0'],
  [{ CAPTURE_SPOOL_DIR: 'spool' }, 'CAPTURE_SPOOL_DIR: expected an absolute path, got "spool"'],
  [{ CAPTURE_ENDPOINT_NAME: 'a/b' }, 'CAPTURE_ENDPOINT_NAME: expected letters, digits'],
  [{ CAPTURE_VARIANT_NAME: '..' }, 'CAPTURE_VARIANT_NAME: expected a name, got ".."'],
  [{ CAPTURE_LAST_RESORT: 'logs' }, 'CAPTURE_LAST_RESORT: expected "log" or "none", got "logs"'],
  [{ CAPTURE_S3_KMS_KEY_ID: '' }, 'CAPTURE_S3_KMS_KEY_ID: expected the id, ARN or alias of a KMS key, got ""'],
  [{ CAPTURE_S3_EXPECTED_BUCKET_OWNER: 'me' }, 'CAPTURE_S3_EXPECTED_BUCKET_OWNER: expected the 12 digits'],
  [{ CAPTURE_S3_STORAGE_CLASS: 'GLACIER' }, 'CAPTURE_S3_STORAGE_CLASS: expected one of STANDARD, STANDARD_IA'],
  [{ AWS_LAMBDA_FUNCTION_NAME: ' ' }, 'AWS_LAMBDA_FUNCTION_NAME: expected the name that Lambda sets, got ""'],
])('%j is refused', (change, message) => {
  expect(() => parseConfig({ ...LEAST, ...change })).toThrow(message);
});

test('the level of the log is known also where it is wrong, and then it is the default', () => {
  const levels = [undefined, 'debug', ' WARN ', 'Error', '', 'verbose', '3'];
  expect(levels.map((CAPTURE_LOG_LEVEL) => logLevelOf({ CAPTURE_LOG_LEVEL }))).toEqual([
    'INFO',
    'DEBUG',
    'WARN',
    'ERROR',
    'INFO',
    'INFO',
    'INFO',
  ]);
  expect(() => parseConfig({ ...LEAST, CAPTURE_LOG_LEVEL: 'verbose' })).toThrow(
    'CAPTURE_LOG_LEVEL: expected one of debug, info, warn, error, got "verbose"',
  );
});
