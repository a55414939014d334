import { parameterOf, partsOf, type Route } from '../template/routes.ts';

/** A route that a request has met, and what its path's parameters are. */
export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string> | null;
}

/**
 * The route of a request, the most exact first; `{x}` is one part of a path, `{x+}` all that is left of it.
 *
 * @param path as it came: percent-encoded, and without the query
 */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const parts = partsOf(path);
  const [best] = routes
    .filter((route) => route.method === 'ANY' || route.method === method)
    .flatMap((route) => {
      const parameters = parametersOf(partsOf(route.path), parts);
      return parameters ? [{ route, parameters }] : [];
    })
    .sort(({ route: a }, { route: b }) => compare(vagueness(a), vagueness(b)));
  if (!best) return undefined;
  return { route: best.route, pathParameters: Object.keys(best.parameters).length > 0 ? best.parameters : null };
}

/** @returns undefined where the path is not of the route */
function parametersOf(route: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const found: [name: string, value: string][] = [];
  for (const [i, part] of route.entries()) {
    const parameter = parameterOf(part);
    const value = parameter?.greedy ? path.slice(i).join('/') : path[i];
    if (parameter ? !value : value !== part) return undefined;
    if (parameter) found.push([parameter.name, decoded(value!)]);
    if (parameter?.greedy) return Object.fromEntries(found);
  }
  const left = path.slice(route.length);
  const whole = left.length === 0 || (left.length === 1 && left[0] === ''); // a slash at the end changes nothing
  return whole ? Object.fromEntries(found) : undefined;
}

/** Part by part: one that stands for itself before a parameter, and that before one that takes all that is left; then a method before ANY. */
function vagueness({ path, method }: Route): number[] {
  const parts = partsOf(path).map((part) => {
    const parameter = parameterOf(part);
    return parameter ? (parameter.greedy ? 2 : 1) : 0;
  });
  return [...parts, Number(method === 'ANY')];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - (b[at] ?? 0);
}

/** An encoded slash stays as it came: decoded, it could not be told from one that divides the path. */
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
