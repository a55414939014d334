import type { Route } from '../template/template.ts';

/** A route that a request has met, and what its path's parameters are. */
export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string> | null;
}

/** The route of a request, the most exact first; `{x}` is one part of a path, `{x+}` all that is left of it. */
export function matchRoute(routes: readonly Route[], method: string, path: string): RouteMatch | undefined {
  const matches = routes
    .filter((route) => route.method === 'ANY' || route.method === method)
    .flatMap((route) => {
      const found = pattern(route.path).exec(path);
      return found ? [{ route, groups: found.groups ?? {} }] : [];
    })
    .sort((a, b) => vagueness(a.route.path) - vagueness(b.route.path));
  const [best] = matches;
  if (!best) return undefined;
  const names = [...best.route.path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name ?? '');
  const pathParameters = Object.fromEntries(names.map((name) => [name, decoded(best.groups[name] ?? '')]));
  return { route: best.route, pathParameters: names.length > 0 ? pathParameters : null };
}

// A route without parameters comes before one with some, and that before one that takes all that is left.
function vagueness(path: string): number {
  return path.includes('+}') ? 2 : Number(path.includes('{'));
}

function pattern(path: string): RegExp {
  const parts = path.split(/(\{\w+\+?\})/).map((part) => {
    const [, name, rest] = /^\{(\w+)(\+?)\}$/.exec(part) ?? [];
    if (name) return rest ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
    return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}/?$`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
