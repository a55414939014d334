import * as v from 'valibot';
import { METHODS, type Route } from './routes.ts';

const Quoted = v.pipe(
  v.string(),
  v.regex(/^'.*'$/, `Expected a value in single quotes within the double ones, as API Gateway wants it: "'*'"`),
  v.transform((text) => text.slice(1, -1)),
);

/** The `Cors` of an API, as SAM has it; a text alone is its `AllowOrigin`. */
export const Cors = v.pipe(
  v.unknown(),
  v.transform((value) => (typeof value === 'string' ? { AllowOrigin: value } : value)),
  v.object({
    AllowOrigin: v.optional(Quoted, "'*'"),
    AllowMethods: v.optional(Quoted),
    AllowHeaders: v.optional(Quoted),
    MaxAge: v.optional(Quoted),
    AllowCredentials: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ AllowCredentials, AllowOrigin }) => !AllowCredentials || AllowOrigin !== '*',
    "Expected AllowOrigin to be one origin where AllowCredentials is true: no browser takes '*' then",
  ),
);
export type CorsSettings = v.InferOutput<typeof Cors>;

/** The OPTIONS routes that SAM adds to every path of an API with `Cors`, except to a path that has its own. */
export function preflightRoutes(routes: readonly Route[], cors: CorsSettings): Route[] {
  const byPath = Map.groupBy(routes, ({ path }) => path);
  return [...byPath].flatMap(([path, ofPath]) => {
    const methods = ofPath.map(({ method }) => method);
    return methods.includes('OPTIONS') ? [] : [{ method: 'OPTIONS', path, preflight: headersOf(cors, methods) }];
  });
}

function headersOf(cors: CorsSettings, methods: readonly string[]): Record<string, string> {
  const allowed = methods.includes('ANY') ? METHODS : ['OPTIONS', ...methods].sort();
  return {
    'Access-Control-Allow-Origin': cors.AllowOrigin,
    'Access-Control-Allow-Methods': cors.AllowMethods ?? allowed.join(),
    ...(cors.AllowHeaders !== undefined && { 'Access-Control-Allow-Headers': cors.AllowHeaders }),
    ...(cors.MaxAge !== undefined && { 'Access-Control-Max-Age': cors.MaxAge }),
    ...(cors.AllowCredentials && { 'Access-Control-Allow-Credentials': 'true' }),
  };
}
