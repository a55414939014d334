import http from 'node:http';
import type net from 'node:net';
import { MAX_BODY_BYTES, RECORD_HEAD } from '../../capture/wire.ts';

const HEAD = Buffer.from(RECORD_HEAD);
const HEAD_END = Buffer.from('\r\n\r\n');
/** Digits of the longest body's length. */
const MOST_DIGITS = String(MAX_BODY_BYTES).length;

/** Connections whose requests have all been answered here so far. None has one under way: they are answered at once. */
export interface Express {
  close(): void;
}

/**
 * Answers the request that the capture client sends past `node:http`, for whose streams a function would wait: see
 * docs/decisions/express-for-records.md. It is one of which the first bytes are RECORD_HEAD and which comes in one piece; at anything else,
 * the connection goes to the HTTP server, from that piece on and for good.
 *
 * @param server before it listens
 * @param answer the status and the body for a record
 */
export function expressForRecords(
  server: http.Server,
  answer: (body: string, socket: net.Socket) => [status: number, body: object],
): Express {
  const [serveHttp] = server.listeners('connection') as [(socket: net.Socket) => void];
  const connections = new Set<net.Socket>();

  function serve(socket: net.Socket): void {
    connections.add(socket);
    const leave = () => connections.delete(socket);
    const end = () => socket.end();
    const fail = () => socket.destroy();
    socket.on('data', take).on('end', end).on('error', fail).on('close', leave);

    function take(piece: Buffer): void {
      const body = wholeBody(piece);
      if (body === undefined) {
        leave();
        socket.off('data', take).off('end', end).off('error', fail).off('close', leave);
        serveHttp.call(server, socket);
        socket.unshift(piece);
      } else if (!socket.write(responseText(...answer(body, socket)))) {
        socket.pause().once('drain', () => socket.resume()); // the sender does not read
      }
    }
  }

  server.off('connection', serveHttp).on('connection', serve);
  return {
    close() {
      for (const socket of connections) socket.destroySoon();
    },
  };
}

/** The body of a request that is whole and nothing else. */
function wholeBody(piece: Buffer): string | undefined {
  if (piece.length < HEAD.length || piece.compare(HEAD, 0, HEAD.length, 0, HEAD.length) !== 0) return undefined;
  const lengthEnd = piece.indexOf(HEAD_END, HEAD.length);
  if (lengthEnd === -1 || lengthEnd - HEAD.length > MOST_DIGITS) return undefined;
  const length = piece.toString('latin1', HEAD.length, lengthEnd);
  const start = lengthEnd + HEAD_END.length;
  if (!/^\d+$/.test(length) || Number(length) !== piece.length - start) return undefined;
  return piece.toString('utf8', start);
}

/** A whole answer, and that the connection ends with it, if it does. */
export function responseText(status: number, body: object, last = false): string {
  const text = JSON.stringify(body);
  const close = last ? 'connection: close\r\n' : '';
  return `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n${close}\r\n${text}`;
}
