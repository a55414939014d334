import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { EmulatorProcess } from '../emulator-process.ts';

/** What came back for an event. */
export interface Actual {
  status: number;
  body: Record<string, unknown>;
  /** The id of the record, as the response names it. */
  eventId: string;
}

/** The ways in: an event goes through API Gateway as the request that it describes, and through the Invoke API as it is. */
export const DOORS: Record<string, (urls: EmulatorProcess['urls'], event: APIGatewayProxyEvent) => Promise<Actual>> = {
  'API Gateway': async ({ rest }, event) => {
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    const response = await fetch(new URL(event.path, rest), {
      method: event.httpMethod,
      headers: { 'content-type': event.headers['Content-Type'] ?? '' },
      body,
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    return actual(response.status, await response.text(), response.headers.get('x-capture-event-id'));
  },
  Invoke: async ({ invoke }, event) => {
    const response = await fetch(`${invoke}/2015-03-31/functions/QuestionAnswering/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const result = (await response.json()) as APIGatewayProxyResult;
    return actual(result.statusCode, result.body, result.headers?.['x-capture-event-id']);
  },
};

const REQUEST_MS = 30_000;

function actual(status: number, body: string, eventId: unknown): Actual {
  return { status, body: JSON.parse(body), eventId: String(eventId) };
}
