import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Environment, EnvironmentClosed, TooManyRequests } from '../environment/environment.ts';
import type { InvocationRequest } from '../environment/invocation.ts';
import { VERSION } from '../environment/platform-log.ts';
import { functionArn } from '../environment/variables.ts';
import { takeAnyContentType } from '../http/any-content-type.ts';
import { refuseForeignCallers } from '../http/foreign-callers.ts';
import { REQUEST_TIMEOUT_MS } from '../http/listen.ts';
import { functionNameOf, InvokeError } from './invoke-error.ts';

export interface InvokeApiOptions {
  functionName: string;
  environment: Pick<Environment, 'invoke'>;
}

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;
const MAX_EVENT_BYTES = 1024 * 1024;

/** Lambda's Invoke API, for one function; signatures are not checked. Events that fail are not tried again. */
export function buildInvokeApi({ functionName, environment }: InvokeApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: MAX_PAYLOAD_BYTES,
    forceCloseConnections: 'idle',
    requestTimeout: REQUEST_TIMEOUT_MS,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1024 },
  });
  takeAnyContentType(app, 'buffer');
  refuseForeignCallers(app, (reason, _request, reply) =>
    sendError(reply, new InvokeError(403, 'AccessDeniedException', reason)),
  );
  app.setErrorHandler((error, _request, reply) => sendError(reply, asInvokeError(error)));
  app.setNotFoundHandler((request, reply) =>
    sendError(
      reply,
      new InvokeError(404, 'UnknownOperationException', `Nothing is at ${request.method} ${request.url}`),
    ),
  );

  app.post<{ Params: { name: string }; Querystring: { Qualifier?: string } }>(
    '/2015-03-31/functions/:name/invocations',
    async (request, reply) => {
      const { name, qualifier = request.query.Qualifier } = functionNameOf(request.params.name);
      if (name !== functionName || (qualifier !== undefined && qualifier !== VERSION)) {
        const arn = functionArn(name) + (qualifier === undefined ? '' : `:${qualifier}`);
        throw new InvokeError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
      }
      const invoke = requestOf(request);
      switch (request.headers['x-amz-invocation-type'] ?? 'RequestResponse') {
        case 'DryRun':
          return reply.code(204).header('x-amzn-RequestId', randomUUID()).send();
        case 'Event':
          if (invoke.payload.length > MAX_EVENT_BYTES) throw tooLarge(MAX_EVENT_BYTES);
          return reply.code(202).header('x-amzn-RequestId', environment.invoke(invoke).requestId).send();
        case 'RequestResponse':
          return answer(request, reply, environment.invoke(invoke));
        default:
          throw new InvokeError(
            400,
            'InvalidParameterValueException',
            `Expected X-Amz-Invocation-Type to be RequestResponse, Event or DryRun, got ${request.headers['x-amz-invocation-type']}`,
          );
      }
    },
  );
  return app;
}

async function answer(request: FastifyRequest, reply: FastifyReply, invocation: ReturnType<Environment['invoke']>) {
  const { payload, contentType, functionError } = await invocation.answered;
  reply
    .header('x-amzn-RequestId', invocation.requestId)
    .header('X-Amz-Executed-Version', VERSION)
    .header('X-Amzn-Trace-Id', invocation.traceId);
  if (functionError) reply.header('X-Amz-Function-Error', functionError);
  if (request.headers['x-amz-log-type'] === 'Tail') {
    // The log is complete only when the extensions have finished too.
    await invocation.finished;
    reply.header('X-Amz-Log-Result', invocation.logTail().toString('base64'));
  }
  return reply.code(200).type(contentType).send(payload);
}

function requestOf(request: FastifyRequest): InvocationRequest {
  const payload = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : Buffer.from('{}');
  requireJson(payload);
  const context = request.headers['x-amz-client-context'];
  const traceId = request.headers['x-amzn-trace-id'];
  return {
    payload,
    traceId: typeof traceId === 'string' ? traceId : undefined,
    clientContext: typeof context === 'string' ? clientContextOf(context) : undefined,
  };
}

function requireJson(payload: Buffer): void {
  try {
    if (!isUtf8(payload)) throw new Error('it is not UTF-8');
    JSON.parse(payload.toString('utf8'));
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new InvokeError(400, 'InvalidRequestContentException', message);
  }
}

function clientContextOf(header: string): string {
  const json = Buffer.from(header, 'base64');
  try {
    requireJson(json);
    // The runtime gets it in a header, where only ASCII is safe.
    return JSON.stringify(JSON.parse(json.toString('utf8'))).replaceAll(/[\u0080-\uffff]/g, escapedCharacter);
  } catch {
    throw new InvokeError(400, 'InvalidRequestContentException', 'Expected X-Amz-Client-Context to be JSON in base64');
  }
}

function escapedCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function asInvokeError(error: unknown): InvokeError {
  if (error instanceof InvokeError) return error;
  if (error instanceof TooManyRequests) return new InvokeError(429, 'TooManyRequestsException', error.message);
  if (error instanceof EnvironmentClosed) return new InvokeError(503, 'ServiceException', error.message);
  if ((error as { code?: string }).code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(MAX_PAYLOAD_BYTES);
  return new InvokeError(500, 'ServiceException', (error as Error).message);
}

function tooLarge(limit: number): InvokeError {
  return new InvokeError(
    413,
    'RequestTooLargeException',
    `Request must be smaller than ${limit} bytes for the Invoke operation`,
  );
}

function sendError(reply: FastifyReply, { status, type, message }: InvokeError): FastifyReply {
  return reply
    .code(status)
    .header('x-amzn-ErrorType', type)
    .header('x-amzn-RequestId', randomUUID())
    .send({ Type: status < 500 ? 'User' : 'Service', Message: message, message });
}
