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
 * every percent sign encoded, the router does the same. One slash at the end changes nothing. A URL that is no path (`OPTIONS *`) becomes
 * `*`, which no route matches.
 */
export function routedPath(url: string): string {
  const path = pathOf(url);
  if (!path.startsWith('/')) return '*';
  return (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).replaceAll('%', '%25');
}

/**
 * A function that reads the parameters of a route's path from a URL that matches the route.
 *
 * @returns the function: it returns null where the route has no parameters, and undefined where `{name+}` is empty, because the router also
 *   matches that
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
 * A path of the template in the router's notation. A parameter is called by its place in the path, because the template allows characters in
 * names that the router does not. `(.+)` refuses an empty part, which `:name` alone would match.
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

/** An encoded slash stays encoded: once decoded, it would look like a slash that divides the path. */
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
