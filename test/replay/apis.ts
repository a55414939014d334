import type { ALBResult, APIGatewayProxyEvent } from 'aws-lambda';
import type { EmulatorProcess } from '../emulator-process.ts';

/** A JSON object, or a list. */
export type Body = Record<string, unknown> | unknown[];

/** What came back for an event. */
export interface Actual {
  /** Absent where the function was invoked directly: then the record has it. */
  status?: number;
  body: Body;
  /** The id of the record, as the response of a proxy names it. */
  eventId?: string;
  /** Lambda's id of the request, as the Invoke API names it; the record has it too. */
  requestId?: string;
}

/** Sends an event through one of the emulator's APIs. */
export type Api = (urls: EmulatorProcess['urls'], event: object) => Promise<Actual>;

/** The APIs that an event goes through: the Invoke API, with the event as payload; for an event of a REST API, API Gateway too, with its request. */
export function apisFor(event: object): [name: string, api: Api][] {
  const invokeApi: [string, Api] = ['Invoke', invoke];
  const { httpMethod, requestContext } = event as Partial<APIGatewayProxyEvent>;
  const isOfRestApi = httpMethod !== undefined && requestContext !== undefined && !('elb' in requestContext);
  return isOfRestApi ? [['API Gateway', restApi], invokeApi] : [invokeApi];
}

const REQUEST_MS = 30_000;

const restApi: Api = async ({ rest }, event) => {
  const { path, httpMethod, headers, body, isBase64Encoded } = event as APIGatewayProxyEvent;
  const response = await fetch(new URL(path, rest), {
    method: httpMethod,
    headers: { 'content-type': headers['Content-Type'] ?? '' },
    body: Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const eventId = response.headers.get('x-capture-event-id') ?? undefined;
  return { status: response.status, body: (await response.json()) as Body, eventId };
};

const invoke: Api = async (urls, event) => {
  const response = await fetch(`${urls.invoke}/2015-03-31/functions/QuestionAnswering/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const requestId = response.headers.get('x-amzn-requestid') ?? undefined;
  const result = (await response.json()) as Body;
  if (!('statusCode' in result)) return { body: result, requestId };
  const { statusCode, headers, multiValueHeaders, body } = result as unknown as ALBResult;
  const named = headers?.['x-capture-event-id'] ?? multiValueHeaders?.['x-capture-event-id']?.[0];
  return {
    status: statusCode,
    body: JSON.parse(body ?? ''),
    ...(named === undefined ? { requestId } : { eventId: String(named) }),
  };
};
