import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { extensionsApi, type FunctionIdentity } from '../extensions-api/extensions-api.ts';
import { refuseForeignCallers } from '../http/foreign-callers.ts';
import { runtimeApi } from '../runtime-api/runtime-api.ts';
import type { Telemetry } from '../telemetry-api/telemetry.ts';
import { telemetryApi } from '../telemetry-api/telemetry-api.ts';
import type { Control } from './control.ts';
import { Refusal } from './state-machine/refusal.ts';

// Well above what either API accepts: a response that is too large is still read, so that the runtime gets its 413.
const BODY_LIMIT = 64 * 1024 * 1024;

/** What Lambda calls the machine that an environment's processes run on. */
const HOST = 'sandbox.localdomain';

/** A path of the two APIs, and the verbs that it has. */
const VERBS: readonly [path: RegExp, allow: string][] = [
  [/^\/2018-06-01\/(ping|runtime\/invocation\/next)$/, 'GET'],
  [/^\/2018-06-01\/runtime\/(init\/error|invocation\/[^/]+\/(response|error))$/, 'POST'],
  [/^\/2020-01-01\/extension\/(register|init\/error|exit\/error)$/, 'POST'],
  [/^\/2020-01-01\/extension\/event\/next$/, 'GET'],
  [/^\/2022-07-01\/telemetry$/, 'PUT'],
];

/** The Runtime, Extensions and Telemetry APIs of one set of processes. Without `telemetry` the last answers that it is not supported. */
export function buildControlServer(
  control: Control,
  identity: FunctionIdentity,
  telemetry?: Telemetry,
): FastifyInstance {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    // A frozen client comes back after any time: its kept-alive connection must still be there.
    keepAliveTimeout: 0,
    exposeHeadRoutes: false,
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  const refuse = (reply: FastifyReply, { status, message, errorType }: Refusal) =>
    reply.code(status).send({ errorMessage: message, errorType });
  refuseForeignCallers(app, (reason, _request, reply) => refuse(reply, new Refusal(403, 'AccessDenied', reason)), HOST);
  app.setErrorHandler((error, _request, reply) =>
    refuse(reply, error instanceof Refusal ? error : new Refusal(500, 'InternalServerError', (error as Error).message)),
  );
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = request.url.split('?');
    const known = VERBS.find(([pattern]) => pattern.test(path));
    if (known) reply.code(405).header('allow', known[1]).send();
    else reply.code(404).type('text/plain; charset=utf-8').send('404 page not found');
  });

  runtimeApi(app, control);
  extensionsApi(app, control, identity);
  telemetryApi(app, control, telemetry);
  return app;
}
