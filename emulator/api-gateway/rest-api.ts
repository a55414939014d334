import { isUtf8 } from 'node:buffer';
import { randomBytes, randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Environment, TooManyRequests } from '../environment/environment.ts';
import { bodyOf, takeAnyContentType } from '../http/any-content-type.ts';
import { refuseForeignCallers } from '../http/foreign-callers.ts';
import { REQUEST_TIMEOUT_MS } from '../http/listen.ts';
import type { Route } from '../template/routes.ts';
import { type RouteMatch, restEvent } from './event.ts';
import {
  BODY_TOO_LARGE,
  EVENT_TOO_LARGE,
  forbidden,
  HEADERS_TOO_LARGE,
  INTERNAL_SERVER_ERROR,
  NOT_TEXT,
  preflightResponse,
  type RestResponse,
  restResponse,
  THROTTLED,
  TIMED_OUT,
  UNKNOWN_ROUTE,
} from './response.ts';
import { addRoutes, MAX_PART_CHARACTERS, parameterReader, routedPath } from './routing.ts';

export interface RestApiOptions {
  routes: readonly Route[];
  environment: Pick<Environment, 'invoke'>;
  log(line: string): void;
  /** How long API Gateway waits for an answer, in milliseconds. @default 29000 */
  timeoutMs?: number;
}

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6_291_556;
const MAX_HEADER_BYTES = 10_240;

/** API Gateway's REST API, with one proxy integration: the function. */
export function buildRestApi({ routes, environment, log, timeoutMs = 29_000 }: RestApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    rewriteUrl: ({ url = '/' }) => routedPath(url),
    routerOptions: { maxParamLength: MAX_PART_CHARACTERS },
    // A path that is no valid URL is an unknown route like any other.
    frameworkErrors: (_error, _request, reply) => send(reply, UNKNOWN_ROUTE),
  });
  takeAnyContentType(app, 'buffer');
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-amzn-RequestId', randomUUID()).header('x-amz-apigw-id', apiGatewayId());
  });
  refuseForeignCallers(app, (reason, _request, reply) => send(reply, forbidden(reason)));
  app.setErrorHandler((error, _request, reply) => {
    if ((error as { code?: string }).code === 'FST_ERR_CTP_BODY_TOO_LARGE') return send(reply, BODY_TOO_LARGE);
    log(`API Gateway: ${(error as Error).message}`);
    return send(reply, INTERNAL_SERVER_ERROR);
  });
  app.setNotFoundHandler((_request, reply) => send(reply, UNKNOWN_ROUTE));

  addRoutes(app, routes, (route) => {
    const parametersOf = parameterReader(route);
    return async (request, reply) => {
      const pathParameters = parametersOf(request.originalUrl);
      if (pathParameters === undefined) return send(reply, UNKNOWN_ROUTE);
      if (route.preflight) return send(reply, preflightResponse(route.preflight));
      return send(reply, await answer(request, { route, pathParameters }));
    };
  });

  async function answer(request: FastifyRequest, match: RouteMatch): Promise<RestResponse> {
    const { raw, originalUrl: url } = request;
    if (raw.rawHeaders.reduce((bytes, text) => bytes + text.length, url.length) > MAX_HEADER_BYTES)
      return HEADERS_TOO_LARGE;

    const body = bodyOf(request);
    if (!isUtf8(body)) return NOT_TEXT;
    const traceId = `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
    const arrival = {
      requestId: randomUUID(),
      extendedRequestId: apiGatewayId(),
      traceId,
      timeMs: Date.now(),
      port: raw.socket.localPort ?? 0,
    };
    const { rawHeaders, httpVersion } = raw;
    const received = { method: request.method, url, rawHeaders, body, sourceIp: request.ip, httpVersion };
    const payload = Buffer.from(JSON.stringify(restEvent(received, match, arrival)));
    if (payload.length > MAX_EVENT_BYTES) return EVENT_TOO_LARGE;
    return invoke(payload, traceId);
  }

  async function invoke(payload: Buffer, traceId: string): Promise<RestResponse> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), timeoutMs);
    });
    try {
      const result = await Promise.race([environment.invoke({ payload, traceId }).answered, late]);
      if (result === 'late') return TIMED_OUT;
      if (result.functionError) return INTERNAL_SERVER_ERROR;
      const { response, malformed } = restResponse(result.payload);
      if (malformed)
        log(`API Gateway: Execution failed due to configuration error: Malformed Lambda proxy response: ${malformed}`);
      return response;
    } catch (error) {
      log(`API Gateway: ${(error as Error).message}`);
      return error instanceof TooManyRequests ? THROTTLED : INTERNAL_SERVER_ERROR;
    } finally {
      clearTimeout(timer);
    }
  }

  return app;
}

function send(reply: FastifyReply, { statusCode, headers, body }: RestResponse): FastifyReply {
  // As bytes: fastify would add a charset to the type of text.
  return reply.code(statusCode).headers(headers).send(Buffer.from(body));
}

function apiGatewayId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}
