import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  HEALTH_PATH,
  MAX_BODY_BYTES,
  RECORDS_PATH,
  STATS_PATH,
  type Stats,
  WIRE_ERRORS,
  type WireErrorBody,
  type WireErrorCode,
} from '../capture/wire.ts';
import type { Counters } from './counters.ts';
import { expressForRecords } from './express.ts';
import type { Intake, IntakeResult } from './intake.ts';

export interface ReceiverParts {
  intake: Intake;
  counters: Counters;
  stats: () => Stats;
  /** Called with the request id of each record that came, taken or not: nobody need wait for it any longer. */
  onRecord: (requestId: string) => void;
}

export interface Receiver {
  /** @returns the port; @throws EADDRINUSE */
  listen(port: number): Promise<number>;
  /** Takes no new connection, and waits until the requests under way are answered, `withinMs` at most. */
  drain(withinMs: number): Promise<void>;
}

/** One function, and whoever looks at the stats: with 16 MiB a body this bounds what the receiver can hold. */
const MAX_CONNECTIONS = 16;

/** The extension's HTTP server on loopback; docs/wire-protocol.md describes it. */
export function createReceiver({ intake, counters, stats, onRecord }: ReceiverParts): Receiver {
  const server = http.createServer((request, response) => {
    route(request).then(
      ([status, body]) => answer(response, status, body),
      (error: Error) => (response.headersSent ? response.destroy() : answer(response, ...fault(error))),
    );
  });
  server.maxConnections = MAX_CONNECTIONS;
  // A frozen environment's clock jumps at the thaw: an idle connection must not be closed just as the function uses it.
  server.keepAliveTimeout = 0;
  const express = expressForRecords(server, (body) => {
    try {
      return take([body]);
    } catch (error) {
      return fault(error as Error);
    }
  });

  async function route(request: http.IncomingMessage): Promise<[number, object]> {
    const path = request.url?.split('?')[0] ?? '';
    const method = METHODS[path];
    if (method === undefined) return failure('NOT_FOUND', `Expected ${Object.keys(METHODS).join(', ')}, got ${path}`);
    if (request.method !== method) return failure('METHOD_NOT_ALLOWED', `Expected ${method}, got ${request.method}`);
    if (path === STATS_PATH) return [200, stats()];
    if (path === HEALTH_PATH) return [200, { status: 'ok' }];
    return receive(request);
  }

  async function receive(request: http.IncomingMessage): Promise<[number, object]> {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json' && type !== 'application/x-ndjson') {
      return refusal('UNSUPPORTED_MEDIA_TYPE', `Expected application/json or application/x-ndjson, got ${type}`);
    }
    const body = await read(request);
    if (body === undefined) return refusal('BODY_TOO_LARGE', `Expected at most ${MAX_BODY_BYTES} bytes`);
    return take(type === 'application/json' ? [body.toString()] : linesOf(body));
  }

  function take(records: Iterable<string>): [number, object] {
    let accepted = 0;
    let refused: Exclude<IntakeResult, { accepted: true }> | undefined;
    for (const text of records) {
      if (refused !== undefined) {
        counters.refuse(refused.code); // the rest of the body is not looked at
        continue;
      }
      const result = intake.take(text);
      if (result.requestId !== undefined) onRecord(result.requestId);
      if (result.accepted) accepted += 1;
      else refused = result;
    }
    return refused === undefined ? [202, { accepted }] : failure(refused.code, refused.message, accepted);
  }

  function refusal(code: 'UNSUPPORTED_MEDIA_TYPE' | 'BODY_TOO_LARGE', message: string): [number, object] {
    counters.refuse(code);
    return failure(code, message);
  }

  return {
    listen(port) {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
      });
    },
    drain(withinMs) {
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
        express.close();
      });
    },
  };
}

const METHODS: Record<string, string> = { [RECORDS_PATH]: 'POST', [STATS_PATH]: 'GET', [HEALTH_PATH]: 'GET' };

function failure(code: WireErrorCode, message: string, accepted = 0): [number, WireErrorBody] {
  const details = accepted > 0 ? { accepted } : undefined;
  return [WIRE_ERRORS[code].status, { error: { code, message, details } }];
}

function fault(error: Error): [number, object] {
  return [500, { error: error.message }];
}

/** The lines of a body that are not blank, one at a time: a text of the whole body would be 16 MiB for a moment, twice over. */
function* linesOf(body: Buffer): Generator<string> {
  for (let start = 0, end = 0; start < body.length; start = end + 1) {
    end = body.indexOf('\n', start);
    if (end === -1) end = body.length;
    const line = body.toString('utf8', start, end);
    if (line.trim() !== '') yield line;
  }
}

/** The body, or undefined when it is larger than the wire allows; the rest of it is then not read. */
function read(request: http.IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function answer(response: http.ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body); // as text, so that head and body go out in one write
  // After a refused body the rest of it may still be coming: this connection is of no further use.
  const connection = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...connection,
  });
  response.end(text);
}
