import type { FastifyInstance, HTTPMethods, RouteHandlerMethod } from 'fastify';
import { METHODS, parameterOf, partsOf, type Route } from '../template/routes.ts';

/** More characters than one part of a path can have: Node refuses a request whose headers are longer. */
export const MAX_PART_CHARACTERS = 65_536;

/**
 * Adds the routes of a template to fastify's router, which must see `routedPath` of each URL. The router prefers a literal part to `{name}`,
 * and `{name}` to `{name+}`; a route with a method of its own comes before one with ANY. Of two routes that differ in nothing but the names
 * of their parameters, the first one counts.
 *
 * @param handlerOf makes what answers the requests of a route
 */
export function addRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  handlerOf: (route: Route) => RouteHandlerMethod,
): void {
  const anyLast = routes.toSorted((a, b) => Number(a.method === 'ANY') - Number(b.method === 'ANY'));
  for (const route of anyLast) {
    const url = patternOf(route.path);
    const methods = (route.method === 'ANY' ? METHODS : [route.method]) as HTTPMethods[];
    const free = methods.filter((method) => !app.hasRoute({ method, url }));
    if (free.length > 0) app.route({ method: free, url, handler: handlerOf(route) });
  }
}

/**
 * What fastify's router sees of a URL. API Gateway compares paths as they were sent, so that `%2F` divides nothing and `%zz` is text: with
 * every percent sign encoded, the router does the same. One slash at the end changes nothing. What is no path (`OPTIONS *`) stays none.
 */
export function routedPath(url: string): string {
  const path = pathOf(url);
  if (!path.startsWith('/')) return '*';
  return (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).replaceAll('%', '%25');
}

/**
 * Makes what reads the parameters of a route's path from a URL.
 *
 * @returns for a URL that the router has found the route for: the parameters, null where the route has none, undefined where `{name+}` is
 *   empty, which the router lets pass
 */
export function parameterReader({ path }: Route): (url: string) => Record<string, string> | null | undefined {
  const parameters = partsOf(path).flatMap((part, at) => {
    const parameter = parameterOf(part);
    return parameter ? [{ ...parameter, at }] : [];
  });
  if (parameters.length === 0) return () => null;
  return (url) => {
    const parts = partsOf(pathOf(url));
    const values = parameters.map(({ name, greedy, at }): [string, string] => [
      name,
      (greedy ? parts.slice(at).join('/') : parts[at]) ?? '',
    ]);
    if (values.some(([, value]) => value === '')) return undefined;
    return Object.fromEntries(values.map(([name, value]) => [name, decoded(value)]));
  };
}

/**
 * A path of the template in the router's notation. Names may hold what the router does not take in a name, so it knows parameters by their
 * place. Its `:name` alone would also match an empty part.
 */
function patternOf(path: string): string {
  const parts = partsOf(path).map((part, at) => {
    const parameter = parameterOf(part);
    if (!parameter) return part.replaceAll(':', '::');
    return parameter.greedy ? '*' : `:${at}(.+)`;
  });
  return `/${parts.join('/')}`;
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** An encoded slash stays as it came: decoded, it could not be told from a slash that divides the path. */
function decoded(text: string): string {
  return text
    .split(/(%2f)/i)
    .map((part, i) => (i % 2 === 1 ? part : decodedPart(part)))
    .join('');
}

function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
