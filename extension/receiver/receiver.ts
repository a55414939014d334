import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { foreignCaller } from '../../capture/local-caller.ts';
import { createTurns } from '../../capture/turns.ts';
import {
  HEALTH_PATH,
  MAX_BODY_BYTES,
  RECORDS_PATH,
  SMALL_BODY_BYTES,
  STATS_PATH,
  type Stats,
  WIRE_ERRORS,
  type WireErrorBody,
  type WireErrorCode,
} from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Intake, IntakeResult } from '../intake/intake.ts';
import type { Log } from '../log.ts';
import { createConnections } from './connections.ts';
import { takeLines } from './lines.ts';
import { ABORTED, bytesOf, readBody } from './request-body.ts';

export interface ReceiverParts {
  intake: Intake;
  counters: Counters;
  stats: () => Stats;
  /** What a request waits for before its records are taken, a moment at most. Undefined where nothing is to be waited for. */
  settling: () => Promise<void> | undefined;
  /** Called with the request id of each record that came, taken or not: nobody need wait for it any longer. */
  onRecord: (requestId: string) => void;
  log: Log;
}

export interface Receiver {
  /** @returns the port; @throws EADDRINUSE */
  listen(port: number): Promise<number>;
  /** Takes no new connection, and waits until the requests under way are answered, `withinMs` at most. */
  drain(withinMs: number): Promise<void>;
}

/** Functions have four each; worker threads, of which Managed Instances have many, are functions of their own here. */
const MAX_CONNECTIONS = 512;
/** Large bodies that are read at once. The others wait unread: so at most 2 x 16 MiB and 512 x 64 KiB of bodies are in memory. */
const LARGE_BODIES = 2;
/** Most that a request may take to come in. Checked every 5 s. */
const REQUEST_MS = 10_000;

const LIMITS: http.ServerOptions = {
  headersTimeout: REQUEST_MS,
  requestTimeout: REQUEST_MS,
  connectionsCheckingInterval: REQUEST_MS / 2,
  keepAliveTimeout: 0, // connections.ts closes idle ones
  requireHostHeader: false, // its answer would not be one of the wire; and browsers send it
};

/** The extension's HTTP server on loopback; docs/wire-protocol.md describes it. */
export function createReceiver({ intake, counters, stats, settling, onRecord, log }: ReceiverParts): Receiver {
  const connections = createConnections(MAX_CONNECTIONS);
  const bodies = createTurns({
    atOnce: MAX_CONNECTIONS,
    largeAtOnce: LARGE_BODIES,
    largeBytes: SMALL_BODY_BYTES,
    waiting: MAX_CONNECTIONS,
    waitingBytes: Number.POSITIVE_INFINITY,
  });
  const server = http.createServer(LIMITS, serve).on('checkExpectation', serve).on('clientError', refuseUnread);
  server.prependListener('connection', connections.admit);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { socket } = request;
    connections.begun(socket);
    const [status, body] = await route(request).catch(fault);
    connections.answered(socket);
    if (!response.destroyed) answer(response, status, body);
  }

  async function route(request: http.IncomingMessage): Promise<[number, object]> {
    const foreign = foreignCaller(request.headers);
    if (foreign !== undefined) return failure('FOREIGN_CALLER', foreign); // no record of ours: it is not counted
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
    const turn = await bodies.take(bytesOf(request), REQUEST_MS);
    if (typeof turn === 'string')
      return failure('REQUEST_TIMEOUT', 'Expected a free place for a large body within 10 s: two are read at a time');
    try {
      const body = await readBody(request);
      if (body === undefined) return refusal('BODY_TOO_LARGE', `Expected at most ${MAX_BODY_BYTES} bytes`);
      const wait = settling();
      if (wait !== undefined) await wait;
      return type === 'application/json' ? answerTo(take(body.toString())) : await takeLines(body, take);
    } finally {
      turn.end();
    }
  }

  function take(text: string): IntakeResult {
    let result: IntakeResult;
    try {
      result = intake.take(text);
    } catch (error) {
      counters.refuse('INTERNAL_ERROR');
      log('ERROR', 'unexpected error', { cause: (error as Error).stack });
      return { accepted: false, code: 'INTERNAL_ERROR', message: WIRE_ERRORS.INTERNAL_ERROR.meaning };
    }
    if (result.requestId !== undefined) onRecord(result.requestId);
    return result;
  }

  function refusal(code: 'UNSUPPORTED_MEDIA_TYPE' | 'BODY_TOO_LARGE', message: string): [number, object] {
    counters.refuse(code);
    return failure(code, message);
  }

  /** Of a request that is not there as a whole nothing is counted. */
  function fault(error: Error): [number, object] {
    if (error !== ABORTED) log('ERROR', 'unexpected error', { cause: error.stack });
    return failure('INTERNAL_ERROR', WIRE_ERRORS.INTERNAL_ERROR.meaning);
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
      });
    },
  };
}

const METHODS: Record<string, string> = { [RECORDS_PATH]: 'POST', [STATS_PATH]: 'GET', [HEALTH_PATH]: 'GET' };

function answerTo(result: IntakeResult): [number, object] {
  return result.accepted ? [202, { accepted: 1 }] : failure(result.code, result.message);
}

function failure(code: WireErrorCode, message: string): [number, WireErrorBody] {
  return [WIRE_ERRORS[code].status, { error: { code, message } }];
}

/** Answers what the HTTP server does not take for a request, and what does not come to its end. */
function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const code = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'MALFORMED_REQUEST';
  const [status, body] = failure(code, WIRE_ERRORS[code].meaning);
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
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
