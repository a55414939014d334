import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Control, RuntimeAnswer } from '../environment/control.ts';
import { Refusal } from '../environment/state-machine/refusal.ts';
import { MAX_RESPONSE_BYTES } from '../environment/state-machine/runtime.ts';
import { bodyOf, contentTypeOf } from '../http/any-content-type.ts';

const RESPONSE_MODE = 'lambda-runtime-function-response-mode';
const ERROR_TYPE = 'lambda-runtime-function-error-type';
const OK = { status: 'OK' };

/** The Runtime API, 2018-06-01. */
export function runtimeApi(app: FastifyInstance, control: Control): void {
  app.get('/2018-06-01/ping', (_request, reply) => reply.type('text/plain').send('pong'));

  app.get('/2018-06-01/runtime/invocation/next', async (_request, reply) => {
    const event = await control.runtimeNext();
    return reply
      .headers({
        'Lambda-Runtime-Aws-Request-Id': event.requestId,
        'Lambda-Runtime-Deadline-Ms': String(control.deadlineMs(event.endsAtMs)),
        'Lambda-Runtime-Invoked-Function-Arn': event.functionArn,
        'Lambda-Runtime-Trace-Id': event.traceId,
        ...(event.clientContext && { 'Lambda-Runtime-Client-Context': event.clientContext }),
      })
      .type('application/json')
      .send(event.payload);
  });

  for (const kind of ['response', 'error'] as const) {
    app.post<{ Params: { id: string } }>(`/2018-06-01/runtime/invocation/:id/${kind}`, (request, reply) => {
      const mode = request.headers[RESPONSE_MODE];
      if (kind === 'response' && mode !== undefined && mode !== 'streaming') {
        throw new Refusal(400, 'InvalidFunctionResponseMode', `Invalid function response mode: ${mode}`);
      }
      const answer = answerOf(request, kind);
      control.runtimeAnswer(request.params.id, answer);
      if (answer.tooLarge !== undefined) {
        const message = `Exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`;
        throw new Refusal(413, 'RequestEntityTooLarge', message);
      }
      return reply.code(202).send(OK);
    });
  }

  app.post('/2018-06-01/runtime/init/error', (request, reply) => {
    const type = request.headers[ERROR_TYPE];
    control.runtimeInitError(typeof type === 'string' ? type : undefined, bodyOf(request));
    return reply.code(202).send(OK);
  });
}

function answerOf(request: FastifyRequest, kind: RuntimeAnswer['kind']): RuntimeAnswer {
  const payload = bodyOf(request);
  const contentType = contentTypeOf(request) || 'application/json';
  if (payload.length > MAX_RESPONSE_BYTES) {
    return { kind: 'error', payload: Buffer.alloc(0), contentType, tooLarge: payload.length };
  }
  // A streamed response may still fail after its first byte: its trailers say so.
  const failedLate = request.raw.trailers?.[ERROR_TYPE] !== undefined;
  return { kind: failedLate ? 'error' : kind, payload, contentType };
}
