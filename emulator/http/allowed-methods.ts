import type { FastifyInstance } from 'fastify';

/**
 * Answers 405 where a path has routes, but none for the request's method. `Allow` names the methods that it has.
 *
 * @param register adds the routes
 */
export function withAllowedMethods(app: FastifyInstance, register: () => void): void {
  const methodsByUrl = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), ...[method].flat()]);
  });
  register();
  for (const [url, allowed] of [...methodsByUrl]) {
    const others = app.supportedMethods.filter((method) => !allowed.includes(method));
    app.route({
      method: others,
      url,
      handler: (_request, reply) => reply.code(405).header('allow', allowed.join(', ')).send(),
    });
  }
}
