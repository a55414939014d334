import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildRestApi } from '../api-gateway/rest-api.ts';
import { buildApiServer } from '../environment/api-server.ts';
import { systemClock } from '../environment/clock.ts';
import { Control } from '../environment/control.ts';
import { answering } from '../fixtures/answering.ts';
import { buildInvokeApi } from '../invoke-api/invoke-api.ts';
import { buildS3 } from '../s3/s3.ts';

type Server = 'API Gateway' | 'the Invoke API' | 'S3' | 'the Runtime API';

let folder: string;
let servers: Record<Server, FastifyInstance>;
let invoked: unknown[];
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'foreign-'));
  const { environment, requests } = answering({ body: 'the answer' });
  invoked = requests;
  const identity = { functionName: 'Fn', functionVersion: '1', handler: 'index.handler', accountId: '1' };
  const log = () => {};
  servers = {
    'API Gateway': buildRestApi({ routes: [{ method: 'POST', path: '/' }], environment, log }),
    'the Invoke API': buildInvokeApi({ functionName: 'Fn', environment }),
    S3: buildS3({ folder, buckets: ['bucket'], log }),
    'the Runtime API': buildApiServer(new Control([], systemClock), identity),
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const requests: [server: Server, method: 'GET' | 'POST' | 'PUT', url: string, status: number][] = [
  ['API Gateway', 'POST', '/', 200],
  ['the Invoke API', 'POST', '/2015-03-31/functions/Fn/invocations', 200],
  ['S3', 'GET', '/bucket?list-type=2', 200],
  ['S3', 'PUT', '/bucket/forged', 200],
  ['the Runtime API', 'GET', '/2018-06-01/ping', 200],
  // What is not there says nothing to it either.
  ['API Gateway', 'GET', '/unknown', 403],
  ['the Invoke API', 'GET', '/unknown', 404],
  ['S3', 'GET', '/unknown', 404],
  ['the Runtime API', 'GET', '/unknown', 404],
];
const FOREIGN = [
  { host: 'evil.example' },
  { host: 'evil.example:3000' },
  { host: '127.0.0.1.evil.example' },
  { host: '192.168.0.7:3000' },
  { host: 'localhost:3000', origin: 'https://evil.example', 'content-type': 'text/plain' },
  { host: 'localhost:3000', origin: 'null' },
  { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' },
];
const OURS = [
  { host: 'localhost:3000' },
  { host: '127.0.0.1' },
  { host: '[::1]:3000' },
  { host: 'LOCALHOST:3000', origin: 'http://localhost:5173', 'sec-fetch-site': 'same-site' },
  { host: '127.0.0.1:3000', origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' },
];

describe.each(requests)('%s, %s %s', (server, method, url, status) => {
  test.each(FOREIGN)('refuses %j', async (headers) => {
    const response = await servers[server].inject({ method, url, headers, payload: method === 'GET' ? '' : '{}' });
    expect(response.statusCode).toBe(403);
    expect(response.body).toMatch(/Expected (a Host of this machine|no )/);
    expect(invoked).toEqual([]);
  });

  test.each(OURS)('answers %j', async (headers) => {
    const response = await servers[server].inject({ method, url, headers, payload: method === 'GET' ? '' : '{}' });
    expect(response.statusCode).toBe(status);
  });
});

describe('a refusal has the form of its API', () => {
  const refused = (server: Server, url = '/') =>
    servers[server].inject({ method: 'GET', url, headers: { host: 'evil.example' } });
  const reason = 'Expected a Host of this machine (localhost, 127.0.0.1 or [::1]), got "evil.example"';

  test('API Gateway', async () => {
    const response = await refused('API Gateway');
    expect(response.headers['x-amzn-errortype']).toBe('ForbiddenException');
    expect(response.json()).toEqual({ message: 'Forbidden', reason });
  });

  test('the Invoke API', async () => {
    const response = await refused('the Invoke API');
    expect(response.headers['x-amzn-errortype']).toBe('AccessDeniedException');
    expect(response.json()).toEqual({ Type: 'User', Message: reason, message: reason });
  });

  test('S3', async () => {
    const { body } = await refused('S3', '/bucket');
    expect(body).toContain('<Code>AccessDenied</Code><Message>Expected a Host of this machine');
    expect(body).toContain('<Resource>/bucket</Resource>');
  });

  test('the Runtime API', async () => {
    expect((await refused('the Runtime API')).json()).toEqual({ errorMessage: reason, errorType: 'AccessDenied' });
  });
});

test('the Runtime API answers to the name that Lambda gives its machine, which is no name of the others', async () => {
  const headers = { host: 'sandbox.localdomain:9001' };
  const statusOf = async (server: Server, url: string) =>
    (await servers[server].inject({ method: 'GET', url, headers })).statusCode;
  expect(await statusOf('the Runtime API', '/2018-06-01/ping')).toBe(200);
  expect(await statusOf('S3', '/bucket?list-type=2')).toBe(403);
});

test.each(['API Gateway', 'the Invoke API', 'S3'] as const)('%s does not wait for ever for a request', (server) => {
  const { requestTimeout, headersTimeout } = servers[server].server;
  for (const limit of [requestTimeout, headersTimeout]) {
    expect(limit).toBeGreaterThan(0);
    expect(limit).toBeLessThanOrEqual(300_000);
  }
});
