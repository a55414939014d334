/** What tests of the handler share: a question with its answer, and a handler around a pipeline that is given. */
import { vi } from 'vitest';
import type { CaptureClient, Exchange, SendResult } from '../capture/client.ts';
import { createHandler, type HandlerParts } from './handler.ts';
import type { QaPipeline } from './qa/pipeline.ts';
import type { ProxyResponse } from './response.ts';

export const ANSWER = { answer: 'Berlin', score: 0.9, start: 34, end: 40 };
export const QUESTION = { question: 'Where do I live?', context: 'My name is Wolfgang and I live in Berlin.' };
export const event = (body: unknown) => ({
  httpMethod: 'POST',
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
export const answering = (answer: QaPipeline['answer']) => async () => ({
  answer,
  modelDigest: 'abc',
  prepare: () => [],
});

export function setUp(parts: Partial<HandlerParts> = {}, captured: Partial<SendResult> = { accepted: true }) {
  const records: Exchange[] = [];
  const within: (number | undefined)[] = [];
  const capture: CaptureClient = {
    send: async (exchange, withinMs) => {
      records.push(exchange);
      within.push(withinMs);
      return { eventId: exchange.eventId, ...captured } as SendResult;
    },
    close: () => {},
  };
  const log = vi.fn();
  let nowMs = 0;
  const handler = createHandler({
    pipeline: answering(async () => [ANSWER]),
    capture,
    log,
    now: () => (nowMs += 5),
    traceId: () => 'Root=1-5',
    deadlineMarginMs: 750,
    ...parts,
  });
  /** Through the REST API. */
  const handle = async (body: unknown, headers = {}) =>
    (await handler({ ...event(body), headers }, { awsRequestId: 'request-1' })) as ProxyResponse;
  return { records, within, log, handler, handle };
}

/** A pipeline that fails so. */
export const fails = (error: Error) => answering(() => Promise.reject(error));

/** What an event of an HTTP API has besides its body. */
export const HTTP_API = { version: '2.0', requestContext: { http: { method: 'POST' } }, headers: {} };
