import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createTurns } from '../../capture/turns.ts';
import {
  LABELS_PATH,
  MAX_BODY_BYTES,
  RECORDS_PATH,
  SMALL_BODY_BYTES,
  STATS_PATH,
  type Stats,
  WIRE_ERRORS,
} from '../../capture/wire.ts';
import type { Counters } from '../accounting/counters.ts';
import type { Tallies } from '../accounting/tallies.ts';
import type { Intake, IntakeResult } from '../intake/intake.ts';
import { type Log, traceOf } from '../log.ts';
import { answer, answerTo, failure, refuseSocket, refuseTunnel } from './answers.ts';
import { createConnections } from './connections.ts';
import { takeLines } from './lines.ts';
import { ABORTED, readBody, textOf } from './request-body.ts';
import { pathOf, refusedHead } from './request-head.ts';

export interface ReceiverParts {
  intake: Intake;
  labelIntake: Intake;
  tallies: Tallies;
  stats: () => Stats;
  /** What a request waits for before its records are taken, a moment at most. Undefined where nothing is to be waited for. */
  settling: () => Promise<void> | undefined;
  /** Called with the request id of each record that came, taken or not: nobody need wait for it any longer. */
  onRecord: (requestId: string) => void;
  log: Log;
  /** Most milliseconds that a request may take to come in. They are checked twice in that time. @default 10,000 */
  requestMs?: number;
}

export interface Receiver {
  /** @returns the port; @throws EADDRINUSE */
  listen(port: number): Promise<number>;
  /** Takes no new connection, and waits until the requests under way are answered, `withinMs` at most. */
  drain(withinMs: number): Promise<void>;
}

/** Functions have four each; worker threads, of which Managed Instances have many, are functions of their own here. */
const MAX_CONNECTIONS = 512;
/** Large bodies that are read at once. The others wait when 64 KiB are read: so at most 2 x 16 MiB and about 512 x 64 KiB of bodies are in memory. */
const LARGE_BODIES = 2;
const REQUEST_MS = 10_000;
const SLOW = {
  no_turn: 'Expected a free place for a large body within 10 s: two are read at a time',
  too_slow: 'Expected at least 64 KiB of a large body in each 2 s, as others wait for its place',
};

const limits = (requestMs: number): http.ServerOptions => ({
  headersTimeout: requestMs,
  requestTimeout: requestMs,
  connectionsCheckingInterval: requestMs / 2,
  keepAliveTimeout: 0, // connections.ts closes idle ones
  requireHostHeader: false, // its answer would not be one of the wire; and browsers send it
});

/** The extension's HTTP server on loopback; docs/wire-protocol.md describes it. */
export function createReceiver(parts: ReceiverParts): Receiver {
  const { intake, labelIntake, tallies, stats, settling, onRecord, log, requestMs = REQUEST_MS } = parts;
  const connections = createConnections(MAX_CONNECTIONS);
  const turns = createTurns({
    atOnce: LARGE_BODIES,
    largeAtOnce: LARGE_BODIES,
    largeBytes: SMALL_BODY_BYTES,
    waiting: MAX_CONNECTIONS,
    waitingBytes: Number.POSITIVE_INFINITY,
  });
  const largeBodies = { turns, withinMs: requestMs, paceMs: requestMs / 5 };
  /** The last request that has begun on a connection. */
  const latest = new WeakMap<Duplex, http.IncomingMessage>();
  const server = http.createServer(limits(requestMs), serve).on('checkExpectation', serve);
  server.on('clientError', refuseUnread).on('connect', refuseTunnel);
  server.prependListener('connection', connections.admit);

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { socket } = request;
    connections.begun(socket);
    latest.set(socket, request);
    const [status, body] = await route(request).catch(fault);
    connections.answered(socket);
    if (!response.destroyed) answer(response, status, body);
  }

  async function route(request: http.IncomingMessage): Promise<[number, object]> {
    const refused = refusedHead(request);
    if (refused !== undefined) return failure(...refused); // no record of ours: it is not counted
    const path = pathOf(request);
    if (path === STATS_PATH) return [200, stats()];
    if (path === RECORDS_PATH) return receive(request, records);
    if (path === LABELS_PATH) return receive(request, labels);
    return [200, { status: 'ok' }];
  }

  async function receive(request: http.IncomingMessage, { counters, take }: Door): Promise<[number, object]> {
    const refusal = (code: 'UNSUPPORTED_MEDIA_TYPE' | 'BODY_TOO_LARGE', message: string) => {
      counters.refuse(code);
      return failure(code, message);
    };
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (type !== 'application/json' && type !== 'application/x-ndjson') {
      const got = type === undefined ? 'none' : 'another type';
      return refusal('UNSUPPORTED_MEDIA_TYPE', `Expected application/json or application/x-ndjson, got ${got}`);
    }
    const body = await readBody(request, largeBodies);
    if (body === 'too_large') return refusal('BODY_TOO_LARGE', `Expected at most ${MAX_BODY_BYTES} bytes`);
    if (typeof body === 'string') return failure('REQUEST_TIMEOUT', SLOW[body]);
    try {
      const wait = settling();
      if (wait !== undefined) await wait;
      return type === 'application/json' ? answerTo(take(textOf(body.bytes))) : await takeLines(body.bytes, take);
    } finally {
      body.release();
    }
  }

  const records = door(intake, tallies.record);
  const labels = door(labelIntake, tallies.label);

  function door(to: Intake, counters: Counters): Door {
    const take = (text: string | Buffer): IntakeResult => {
      let result: IntakeResult;
      try {
        result = to.take(text);
      } catch (error) {
        counters.refuse('INTERNAL_ERROR');
        log('ERROR', 'unexpected error', { cause: traceOf(error) });
        return { accepted: false, code: 'INTERNAL_ERROR', message: WIRE_ERRORS.INTERNAL_ERROR.meaning };
      }
      if (!result.accepted) log('DEBUG', 'a record is refused', { code: result.code, reason: result.message });
      if (result.requestId !== undefined) onRecord(result.requestId);
      return result;
    };
    return { counters, take };
  }

  /** Of a request that is not there as a whole nothing is counted. */
  function fault(error: Error): [number, object] {
    if (error !== ABORTED) log('ERROR', 'unexpected error', { cause: traceOf(error) });
    return failure('INTERNAL_ERROR', WIRE_ERRORS.INTERNAL_ERROR.meaning);
  }

  /** Answers what the HTTP server does not take for a request, and what does not come to its end. */
  function refuseUnread(error: NodeJS.ErrnoException, socket: Duplex): void {
    // Where another request waits for its answer, this one would be taken for it, although the record is stored. Without any, the sender asks again.
    const unread = latest.get(socket)?.complete === false ? 1 : 0;
    if (connections.unanswered(socket) !== unread) socket.destroy();
    else refuseSocket(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'REQUEST_TIMEOUT' : 'MALFORMED_REQUEST');
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

/** Where what is posted to a path goes, and what counts it. */
interface Door {
  counters: Counters;
  take: (text: string | Buffer) => IntakeResult;
}
