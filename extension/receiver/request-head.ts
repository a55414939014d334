import type http from 'node:http';
import { foreignCaller } from '../../capture/local-caller.ts';
import { HEALTH_PATH, LABELS_PATH, RECORDS_PATH, STATS_PATH, type WireErrorCode } from '../../capture/wire.ts';

/** The method of each path. */
export const METHODS: Readonly<Record<string, string>> = {
  [RECORDS_PATH]: 'POST',
  [LABELS_PATH]: 'POST',
  [STATS_PATH]: 'GET',
  [HEALTH_PATH]: 'GET',
};

/** The path of a request, without its query. */
export function pathOf(request: http.IncomingMessage): string {
  return request.url?.split('?')[0] ?? '';
}

/**
 * Why a request is refused unread, whatever its body is. The message does not repeat what came: a sender that is wrong about the wire may have put
 * a part of a record there.
 */
export function refusedHead(request: http.IncomingMessage): [code: WireErrorCode, message: string] | undefined {
  const foreign = foreignCaller(request.headers);
  if (foreign !== undefined) return ['FOREIGN_CALLER', foreign];
  if (isAmbiguous(request)) return ['MALFORMED_REQUEST', 'Expected one Host, and no Transfer-Encoding but chunked'];
  const method = METHODS[pathOf(request)];
  if (method === undefined) return ['NOT_FOUND', `Expected ${Object.keys(METHODS).join(', ')}, got another path`];
  if (request.method !== method) return ['METHOD_NOT_ALLOWED', `Expected ${method}, got ${request.method}`];
  return undefined;
}

/**
 * Whether two readers may understand the head in two ways. Node's parser refuses most such heads itself. It takes the first of two Hosts, and a
 * body in a coding that it does not undo.
 */
function isAmbiguous({ headers, rawHeaders }: http.IncomingMessage): boolean {
  if ((headers['transfer-encoding'] ?? 'chunked').toLowerCase() !== 'chunked') return true;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (rawHeaders[at]!.toLowerCase() === 'host') hosts += 1;
  return hosts > 1;
}
