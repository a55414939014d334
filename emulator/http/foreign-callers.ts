import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/**
 * Refuses what a page of another site sends, before anything else of the request is read.
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

/**
 * Why a request must be refused: a page of another site made it, in the browser of the person who works on this machine. A page can send
 * requests to any port here. Where the page's own name resolves to 127.0.0.1 (DNS rebinding), it can read the answers too; then the Host
 * is the page's name.
 *
 * Programs send neither Origin nor Sec-Fetch-Site, so a Host of this machine is enough for them. A page that this machine itself serves
 * may ask, whatever its port is.
 *
 * @returns a sentence that says what was expected and what came; undefined where the request may go on
 */
function foreignCaller(headers: IncomingHttpHeaders, alias: string | undefined): string | undefined {
  const { host, origin } = headers;
  const name = host === undefined ? undefined : nameOf(`http://${host}`);
  if (host !== undefined && !isLoopback(name) && (name === undefined || name !== alias)) {
    return `Expected a Host of this machine (localhost, 127.0.0.1 or [::1]), got ${quoted(host)}`;
  }
  if (origin !== undefined) {
    // Origin decides: to Sec-Fetch-Site, localhost and 127.0.0.1 are two sites.
    if (isLoopback(nameOf(origin))) return undefined;
    return `Expected no Origin, or one of this machine, got ${quoted(origin)}`;
  }
  if (headers['sec-fetch-site'] === 'cross-site') return 'Expected no request from a page of another site, got one';
  return undefined;
}

/** The host name of a URL; undefined where it is none. */
function nameOf(address: string): string | undefined {
  return URL.parse(address)?.hostname;
}

/** Takes a name as `URL` writes it: in lower case, and an IPv4 address as four decimal numbers. */
function isLoopback(name: string | undefined): boolean {
  return name !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(name);
}

function quoted(value: string): string {
  return JSON.stringify(value.slice(0, 100));
}
