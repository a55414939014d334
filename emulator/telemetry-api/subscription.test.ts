import { expect, test } from 'vitest';
import { parseSubscription } from './subscription.ts';

const valid = {
  schemaVersion: '2022-12-13',
  types: ['platform'],
  buffering: { maxItems: 1000, maxBytes: 262_144, timeoutMs: 25 },
  destination: { protocol: 'HTTP', URI: 'http://sandbox.localdomain:4243/telemetry' },
};

test('a subscription is delivered to this machine', () => {
  expect(parseSubscription(JSON.stringify(valid))).toEqual({
    types: ['platform'],
    buffering: valid.buffering,
    url: 'http://127.0.0.1:4243/telemetry',
  });
});

test.each([
  'HTTP://SANDBOX.LOCALDOMAIN:4243/x',
  'http://sandbox:4243//example.com/x',
  'http://somebody:secret@sandbox.localdomain:4243/@example.com/x',
])('whatever %s says, only to this machine', (URI) => {
  const { url } = parseSubscription(JSON.stringify({ ...valid, destination: { protocol: 'HTTP', URI } }));
  expect(new URL(url)).toMatchObject({ host: '127.0.0.1:4243', username: '', password: '' });
});

test('buffering has the defaults of Lambda', () => {
  const { buffering: _, ...without } = valid;
  expect(parseSubscription(JSON.stringify(without)).buffering).toEqual({
    maxItems: 10_000,
    maxBytes: 262_144,
    timeoutMs: 1000,
  });
});

const destination = (URI: string) => ({ ...valid, destination: { ...valid.destination, URI } });
test.each([
  ['{', 'the request body should be JSON'],
  [null, 'the request body should be an object'],
  [{}, 'schemaVersion is not provided; types is not provided; destination is not provided'],
  [{ ...valid, schemaVersion: '2021-03-18' }, 'schemaVersion is not supported'],
  [{ ...destination('http://sandbox.localdomain'), types: [] }, 'types should not be empty; URI port is not provided'],
  [{ ...valid, types: ['platform', 'traces'] }, 'types are not supported'],
  [destination('http://127.0.0.1:4243'), 'URI host should be sandbox.localdomain'],
  [destination('http://sandbox.localdomain:4243@example.com:80/'), 'URI host should be sandbox.localdomain'],
  [destination('http://sandbox.localdomain.example.com:4243'), 'URI host should be sandbox.localdomain'],
  [destination('nowhere'), 'URI is not valid'],
  [{ ...valid, destination: { protocol: 'TCP', URI: valid.destination.URI } }, 'destination protocol should be HTTP'],
  [{ ...valid, buffering: { maxItems: 999 } }, 'maxItems should be between 1000 and 10000'],
  [{ ...valid, buffering: { timeoutMs: 30_001 } }, 'timeoutMs should be between 25 and 30000'],
])('%j is a ValidationError', (body, message) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  expect(() => parseSubscription(text)).toThrow(
    expect.objectContaining({ status: 400, errorType: 'ValidationError', message }),
  );
});

test.each([
  ['2022-12-13', false],
  ['2025-01-29', true],
])('on Managed Instances schema version %s is taken: %s', (schemaVersion, taken) => {
  const parse = () => parseSubscription(JSON.stringify({ ...valid, schemaVersion }), 'lambda-managed-instances');
  if (taken) expect(parse()).toMatchObject({ types: ['platform'] });
  else expect(parse).toThrow('schemaVersion should be 2025-01-29');
});
