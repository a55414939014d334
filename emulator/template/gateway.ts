import * as v from 'valibot';
import { Cors, type CorsSettings, preflightRoutes } from './cors.ts';
import { API, type Resource, resourcesOf, type TemplateDocument } from './document.ts';
import { mergeGlobals } from './globals.ts';
import { reportIgnored } from './ignored.ts';
import type { Path, Scope } from './intrinsics.ts';
import type { Reading } from './reading.ts';
import { Method, type Route, RoutePath } from './routes.ts';

/** The stage of every API here: SAM gives it to the API that it adds itself. */
export const STAGE = 'Prod';

const Events = v.record(v.string(), v.looseObject({ Type: v.string(), Properties: v.optional(v.looseObject({}), {}) }));
const ApiEvent = v.object({ Path: RoutePath, Method, RestApiId: v.optional(v.string(), '') });
const ApiProperties = v.object({ Cors: v.optional(Cors), StageName: v.optional(v.string(), STAGE) });

/**
 * The routes of a function: those of its events of Type Api, and the preflights of the APIs that they belong to. All APIs are one here.
 *
 * @throws {StartError} for a route that API Gateway does not allow, or that the template has twice
 */
export function readRoutes(
  [id, { Properties }]: [string, Resource],
  document: TemplateDocument,
  scope: Scope,
  reading: Reading,
): Route[] {
  const at: Path = ['Resources', id, 'Properties', 'Events'];
  const cors = corsByApi(document, scope, reading);
  const routes: (Route & { api: string; at: Path })[] = [];
  const events = reading.check(Events, Properties['Events'] ?? {}, (path) => [...at, ...path]);
  for (const [name, event] of Object.entries(events)) {
    if (event.Type !== 'Api') {
      reading.warn(
        [...at, name, 'Type'],
        `is ignored here: the emulator has events of Type Api only, not ${event.Type}`,
      );
      continue;
    }
    const origin = (path: Path) => [...at, name, 'Properties', ...path];
    reportIgnored(event.Properties, '', Object.keys(ApiEvent.entries), origin([]), reading.warn);
    const { Method: method, Path: path, RestApiId } = reading.read(ApiEvent, event.Properties, scope, origin);
    if (routes.some((other) => other.method === method && other.path === path)) {
      throw reading.fault([origin(['Path']), `Expected every route once, got ${method} ${path} again`]);
    }
    routes.push({ method, path, api: cors.has(RestApiId) ? RestApiId : '', at: origin(['Path']) });
  }
  const plain = routes.map(({ method, path }) => ({ method, path }));
  const preflights = [...cors].flatMap(([api, settings]) =>
    settings
      ? preflightRoutes(
          plain.filter((_, i) => routes[i]!.api === api),
          settings,
        )
      : [],
  );
  return [...plain, ...preflights];
}

/** The `Cors` of each API, by its logical id. `''` is the API that SAM adds for events without `RestApiId`. */
function corsByApi(document: TemplateDocument, scope: Scope, reading: Reading): Map<string, CorsSettings | undefined> {
  const globals = document.Globals.Api;
  const read = Object.keys(ApiProperties.entries);
  reportIgnored(globals, API, read, ['Globals', 'Api'], reading.warn);
  const implicit = reading.read(ApiProperties, globals, scope, (path) => ['Globals', 'Api', ...path]);
  const byApi = new Map([['', implicit.Cors]]);
  for (const [id, { Properties }] of resourcesOf(document, API)) {
    const own: Path = ['Resources', id, 'Properties'];
    reportIgnored(Properties, API, read, own, reading.warn);
    const merged = mergeGlobals(globals, Properties) as Record<string, unknown>;
    const origin = (path: Path) =>
      reading.firstOf([
        [...own, ...path],
        ['Globals', 'Api', ...path],
      ]);
    const api = reading.read(ApiProperties, merged, scope, origin);
    if (api.StageName !== STAGE) reading.warn(origin(['StageName']), `is ignored here: the stage is ${STAGE}`);
    byApi.set(id, api.Cors);
  }
  return byApi;
}
