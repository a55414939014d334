import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { foreignCaller } from '../../capture/local-caller.ts';

/**
 * Refuses what a page of another site sends, before anything of it is read.
 *
 * @param refuse answers in the form of the server's own API; `reason` says what was expected and what came
 * @param alias a further name of this machine that is as good as `localhost`
 */
export function refuseForeignCallers(
  app: FastifyInstance,
  refuse: (reason: string, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
  alias?: string,
): void {
  app.addHook('onRequest', async (request, reply) => {
    const reason = foreignCaller(request.headers, alias);
    if (reason !== undefined) return refuse(reason, request, reply);
    return undefined;
  });
}
