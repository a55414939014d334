import type { APIGatewayProxyEvent } from 'aws-lambda';
import { STAGE } from '../template/gateway.ts';
import type { Route } from '../template/routes.ts';
import { ACCOUNT_ID } from '../template/template.ts';

/** A request, as API Gateway received it. */
export interface RestRequest {
  method: string;
  /** With the query: `/orders?a=1`. */
  url: string;
  /** Name, value, name, value: in the order and case in which they were sent. A repeated header is there as often as it was sent. */
  rawHeaders: readonly string[];
  body: Buffer;
  sourceIp: string;
  httpVersion: string;
}

/** The route that a request has met, and the parameters of its path; null where the route has none. */
export interface RouteMatch {
  route: Route;
  pathParameters: Record<string, string> | null;
}

/** What API Gateway adds of its own. */
export interface Arrival {
  requestId: string;
  extendedRequestId: string;
  traceId: string;
  /** Milliseconds since 1970. */
  timeMs: number;
  port: number;
}

const API_ID = 'local';

// These headers are about one connection, so the function does not get them.
const HOP_BY_HOP = /^(connection|content-length|expect|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/**
 * The event of a REST API's proxy integration, payload format 1.0. The body is UTF-8, as there are no binary media types.
 */
export function restEvent(request: RestRequest, match: RouteMatch, arrival: Arrival): APIGatewayProxyEvent {
  const [path = '/', ...query] = request.url.split('?');
  const headers = headerLists(request, arrival);
  const parameters = lists([...new URLSearchParams(query.join('?'))]);
  const host = lastOf(headers, 'host');
  return {
    resource: match.route.path,
    path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: Object.fromEntries(headers),
    queryStringParameters: parameters.size > 0 ? lastValues(parameters) : null,
    multiValueQueryStringParameters: parameters.size > 0 ? Object.fromEntries(parameters) : null,
    pathParameters: match.pathParameters,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: API_ID,
      authorizer: null,
      domainName: host ?? 'localhost',
      domainPrefix: (host ?? 'localhost').split(/[.:]/)[0]!,
      extendedRequestId: arrival.extendedRequestId,
      httpMethod: request.method,
      identity: { ...NOBODY, sourceIp: request.sourceIp, userAgent: lastOf(headers, 'user-agent') ?? null },
      path: `/${STAGE}${path}`,
      protocol: `HTTP/${request.httpVersion}`,
      requestId: arrival.requestId,
      requestTime: requestTime(new Date(arrival.timeMs)),
      requestTimeEpoch: Math.floor(arrival.timeMs),
      resourceId: 'local',
      resourcePath: match.route.path,
      stage: STAGE,
    },
    body: request.body.length > 0 ? request.body.toString('utf8') : null,
    isBase64Encoded: false,
  };
}

const NOBODY = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

function headerLists({ rawHeaders, sourceIp }: RestRequest, { traceId, port }: Arrival): Map<string, string[]> {
  const pairs: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) pairs.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  const own: [string, string][] = [
    ['X-Amzn-Trace-Id', traceId],
    ['X-Forwarded-For', sourceIp],
    ['X-Forwarded-Port', String(port)],
    ['X-Forwarded-Proto', 'http'],
  ];
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  return lists([...pairs.filter(([name]) => !HOP_BY_HOP.test(name) && !replaced.has(name.toLowerCase())), ...own]);
}

function lists(pairs: readonly [string, string][]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of pairs) map.set(name, [...(map.get(name) ?? []), value]);
  return map;
}

function lastValues(map: Map<string, string[]>): Record<string, string> {
  return Object.fromEntries([...map].map(([name, values]) => [name, values.at(-1)!]));
}

function lastOf(map: Map<string, string[]>, name: string): string | undefined {
  return [...map].find(([key]) => key.toLowerCase() === name)?.[1].at(-1);
}

/** `09/Apr/2025:12:34:56 +0000` */
function requestTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}
