import http from 'node:http';
import type { Duplex } from 'node:stream';
import { WIRE_ERRORS, type WireErrorBody, type WireErrorCode } from '../../capture/wire.ts';
import type { IntakeResult } from '../intake/intake.ts';
import { METHODS, pathOf } from './request-head.ts';

export function answerTo(result: IntakeResult): [number, object] {
  return result.accepted ? [202, { accepted: 1 }] : failure(result.code, result.message);
}

export function failure(code: WireErrorCode, message: string): [number, WireErrorBody] {
  return [WIRE_ERRORS[code].status, { error: { code, message } }];
}

/** Answers a CONNECT. */
export function refuseTunnel(_: http.IncomingMessage, socket: Duplex): void {
  socket.on('error', () => {}); // the server has let go of it
  refuseSocket(socket, 'METHOD_NOT_ALLOWED');
}

/** Answers where there is no request to answer. */
export function refuseSocket(socket: Duplex, code: WireErrorCode): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
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

export function answer(response: http.ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body); // as text, so that head and body go out in one write
  // After a refused body the rest of it may still be coming: this connection is of no further use.
  const connection = status === 413 || status === 408 ? { connection: 'close' } : {};
  const allow = status === 405 ? { allow: METHODS[pathOf(response.req)] } : {};
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...connection,
    ...allow,
  });
  response.end(text);
}
