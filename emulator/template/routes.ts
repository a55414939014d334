import * as v from 'valibot';

/** One route of API Gateway. */
export interface Route {
  /** In capitals. `ANY` stands for all methods. */
  method: string;
  /** As in the template: `/a/{id}`, `/a/{proxy+}`. */
  path: string;
  /** Only where API Gateway answers itself, without the function, a browser that asks before it sends (CORS): the headers of the answer. */
  preflight?: Record<string, string>;
}

/** The parts of a path: of `/a/{id}`, `a` and `{id}`. */
export function partsOf(path: string): string[] {
  return path.slice(1).split('/');
}

/** The name in `{name}` or `{name+}`. `{name+}` is greedy: it takes the rest of the path. Undefined for a literal part. */
export function parameterOf(part: string): { name: string; greedy: boolean } | undefined {
  const [, name, plus] = /^\{([\w.:$-]+)(\+?)\}$/.exec(part) ?? [];
  return name === undefined ? undefined : { name, greedy: plus === '+' };
}

/** A path as API Gateway allows it. */
export const RoutePath = v.pipe(
  v.string(),
  v.check(
    (path) => faultOf(path) === undefined,
    ({ input }) => faultOf(input) ?? '',
  ),
);

/** The methods that API Gateway has. */
export const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
const METHODS_AND_ANY = ['ANY', ...METHODS];
export const Method = v.pipe(
  v.string(),
  v.toUpperCase(),
  v.picklist(METHODS_AND_ANY, `Expected one of ${METHODS_AND_ANY.join(', ')}`),
);

function faultOf(path: string): string | undefined {
  if (!path.startsWith('/')) return `Expected a path that starts with /, got '${path}'`;
  const parts = partsOf(path);
  const odd = parts.find((part) => /[{}]/.test(part) && !parameterOf(part));
  if (odd !== undefined) {
    return `Expected a parameter to be a whole part of the path, {name} or {name+}, its name of letters, digits and . _ : - $; got '${odd}'`;
  }
  if (parts.slice(0, -1).some((part) => parameterOf(part)?.greedy))
    return `Expected {name+} at the end of '${path}' only`;
  const literal = parts.find((part) => !parameterOf(part) && !/^[\w.~:$,@%+-]*$/.test(part));
  if (literal !== undefined)
    return `Expected a part of the path to have letters, digits and . _ ~ : $ , @ % + - only, or to be a parameter; got '${literal}'`;
  const names = parts.flatMap((part) => parameterOf(part)?.name ?? []);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined
    ? undefined
    : `Expected the parameters of a path to have different names, got {${twice}} twice in '${path}'`;
}
