import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FaultyS3 } from '../../harness/s3.ts';
import { proxyOf } from '../configuration/proxy.ts';
import { startExtension } from '../fixtures/extension-process.ts';
import { CERTIFICATE, type ProxyServer, startProxy, startTls } from '../fixtures/proxy.ts';
import { failureOf } from './failure.ts';
import { s3Sink } from './s3.ts';

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:1';

let stack: AsyncDisposableStack;
let proxy: ProxyServer;
let s3: FaultyS3;
let port: number;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  proxy = await startProxy(stack);
  s3 = stack.use(await FaultyS3.start());
  port = Number(new URL(s3.url).port);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

/** Captures a record, which is delivered after its invocation. @returns all that the extension said */
async function captured(env: Record<string, string>): Promise<string> {
  const { lambda, post, lines } = await startExtension(stack, { CAPTURE_FLUSH_BUDGET_MS: '600000', ...env });
  await lambda.asked(1);
  lambda.invoke('a');
  expect(await post('a')).toBe(202);
  await lambda.asked(2);
  return JSON.stringify(lines());
}

/** Why an object does not get to an S3 of another machine. */
async function failure(endpoint: string, env: Record<string, string>): Promise<string> {
  const variables = { AWS_ENDPOINT_URL_S3: endpoint, AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'secret' };
  for (const [name, text] of Object.entries({ ...variables, AWS_REGION: 'eu-central-1' })) vi.stubEnv(name, text);
  const sink = s3Sink({ bucket: 'bucket', pathStyle: true, proxy: proxyOf(env) }, Date.now);
  const error = await sink.put('key', Buffer.from(''), AbortSignal.timeout(10_000)).catch((thrown) => thrown);
  return failureOf(error).cause;
}

test.each(['HTTPS_PROXY', 'https_proxy'])('S3 is reached through the tunnel that %s names', async (name) => {
  const endpoint = `https://s3.example:${await startTls(stack, port)}`;
  const env = { AWS_ENDPOINT_URL_S3: endpoint, NODE_EXTRA_CA_CERTS: CERTIFICATE, [name]: proxy.url };
  await captured(env);
  expect(proxy.asked).toEqual([`CONNECT ${endpoint.slice('https://'.length)}`]);
  expect(s3.objects.size).toBe(1);
});

test('an S3 without TLS is reached through HTTP_PROXY', async () => {
  await captured({ AWS_ENDPOINT_URL_S3: `http://s3.example:${port}`, HTTP_PROXY: proxy.url });
  expect(proxy.asked).toEqual([expect.stringMatching(`^PUT http://s3.example:${port}/bucket/records/`)]);
  expect(s3.objects.size).toBe(1);
});

test.each(['127.0.0.1', 'localhost'])(
  'an S3 on this machine is no affair of a proxy, nor is Lambda: %s',
  async (host) => {
    const env = { AWS_ENDPOINT_URL_S3: `http://${host}:${port}` };
    await captured({ ...env, HTTP_PROXY: NOWHERE, HTTPS_PROXY: NOWHERE, http_proxy: NOWHERE, https_proxy: NOWHERE });
    expect(s3.objects.size).toBe(1);
  },
);

test('what NO_PROXY names goes past the proxy', async () => {
  await failure('http://s3.invalid', { HTTP_PROXY: proxy.url, NO_PROXY: 'a.example, .invalid' });
  expect(proxy.asked).toEqual([]);
});

test('a proxy that refuses is told, and nothing that is secret of it', async () => {
  const wrong = proxy.url.replace(/user:.*@/, 'user:an-other-secret@');
  const cause = await failure('https://s3.example', { HTTPS_PROXY: wrong });
  expect(cause).toContain('407 Proxy Authentication Required');
  expect(cause).not.toContain('an-other-secret');
  expect(cause).not.toContain(Buffer.from('user:an-other-secret').toString('base64'));
});

test('what is no proxy is not used, with a warning that does not repeat it', async () => {
  const HTTPS_PROXY = 'socks5://user:an-other-secret@proxy:1080';
  const said = await captured({ AWS_ENDPOINT_URL_S3: s3.url, HTTPS_PROXY });
  expect(said).toMatch(/"level":"WARN"[^}]*"variable":"HTTPS_PROXY"/);
  expect(said).not.toContain('an-other-secret');
  expect(s3.objects.size).toBe(1);
});
