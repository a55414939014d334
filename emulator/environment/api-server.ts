import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { extensionsApi, type FunctionIdentity } from '../extensions-api/extensions-api.ts';
import { withAllowedMethods } from '../http/allowed-methods.ts';
import { takeAnyContentType } from '../http/any-content-type.ts';
import { refuseForeignCallers } from '../http/foreign-callers.ts';
import { runtimeApi } from '../runtime-api/runtime-api.ts';
import type { Telemetry } from '../telemetry-api/telemetry.ts';
import { telemetryApi } from '../telemetry-api/telemetry-api.ts';
import type { Control } from './control.ts';
import { Refusal } from './state-machine/refusal.ts';

// Well above what either API accepts: the server still reads a response that is too large, so that the runtime gets its 413.
const BODY_LIMIT = 64 * 1024 * 1024;

/** What Lambda calls the machine that an environment's processes run on. */
const HOST = 'sandbox.localdomain';

/**
 * The server that an environment's processes speak to: the Runtime, Extensions and Telemetry APIs of one set of processes. Without
 * `telemetry` the last one answers that it is not supported.
 */
export function buildApiServer(control: Control, identity: FunctionIdentity, telemetry?: Telemetry): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    // A frozen client comes back after any time: its kept-alive connection must still be there.
    keepAliveTimeout: 0,
    exposeHeadRoutes: false,
  });
  takeAnyContentType(app, 'buffer');
  const refuse = (reply: FastifyReply, { status, message, errorType }: Refusal) =>
    reply.code(status).send({ errorMessage: message, errorType });
  refuseForeignCallers(app, (reason, _request, reply) => refuse(reply, new Refusal(403, 'AccessDenied', reason)), HOST);
  app.setErrorHandler((error, _request, reply) =>
    refuse(reply, error instanceof Refusal ? error : new Refusal(500, 'InternalServerError', (error as Error).message)),
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).type('text/plain; charset=utf-8').send('404 page not found'),
  );
  withAllowedMethods(app, () => {
    runtimeApi(app, control);
    extensionsApi(app, control, identity);
    telemetryApi(app, control, telemetry);
  });
  return app;
}
