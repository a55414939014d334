import http from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { EXAMPLE_RECORD } from '../../capture/fixtures/example-record.ts';
import { startReceiver } from './fixtures/receiving.ts';

describe('what a browser sends for a web page', () => {
  const BODY = JSON.stringify(EXAMPLE_RECORD);
  const raw = (port: number, method: string, path: string, headers: http.OutgoingHttpHeaders) =>
    new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
      const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent: false }, async (response) =>
        resolve({ status: response.statusCode, body: await json(response) }),
      );
      request.on('error', reject).end(method === 'POST' ? BODY : undefined);
    });

  test.each<[string, string, http.OutgoingHttpHeaders]>([
    ['GET', '/v1/stats', { host: 'evil.example' }],
    ['GET', '/v1/health', { host: 'evil.example:2772' }],
    ['GET', '/', { host: 'evil.example' }],
    ['POST', '/v1/records', { host: 'evil.example', 'content-type': 'application/json' }],
    ['POST', '/v1/records', { origin: 'https://evil.example', 'content-type': 'application/json' }],
    ['POST', '/v1/records', { origin: 'http://localhost:5173', 'content-type': 'application/json' }],
    ['GET', '/v1/stats', { 'sec-fetch-site': 'same-site' }],
    ['POST', '/v1/records', { origin: 'null', 'content-type': 'text/plain' }],
    ['POST', '/v1/records', { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-ndjson' }],
    ['OPTIONS', '/v1/records', { origin: 'https://evil.example', 'access-control-request-method': 'POST' }],
  ])('is refused, and moves no count: %s %s %j', async (method, path, headers) => {
    const { port, counters, onRecord, log } = await startReceiver();
    const { status, body } = await raw(port, method, path, headers);
    expect([status, body]).toMatchObject([403, { error: { code: 'FOREIGN_CALLER' } }]);
    expect(counters.received).toBe(0);
    expect(onRecord).not.toHaveBeenCalled();
    expect(log).not.toHaveBeenCalled();
  });

  test('a program is let in by any name of this machine', async () => {
    const { port } = await startReceiver();
    for (const host of ['localhost:2772', '127.0.0.1', '[::1]:2772']) {
      expect(await raw(port, 'GET', '/v1/health', { host })).toMatchObject({ status: 200 });
    }
  });
});
