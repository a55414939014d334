import { MAX_ID_LENGTH } from './wire.ts';

/** What sent an event, as records tell it. */
export type SenderSource =
  | 'api-gateway-rest'
  | 'api-gateway-http'
  | 'function-url'
  | 'load-balancer'
  | 'sqs'
  | 'sns'
  | 'eventbridge'
  | 'direct';

/** Who sent an event. The policy of the extension may decide by it. */
export interface Sender {
  source: SenderSource;
  /** The id of an API key or of an identity, as AWS has checked it. Absent where AWS tells none, and where it is longer than an id may be. */
  caller?: string;
}

/** Where an event says who called, the first that is there. A header is none of them: a caller may write there what he likes. */
const CALLERS = [
  ['requestContext', 'identity', 'apiKeyId'],
  ['requestContext', 'identity', 'userArn'],
  ['requestContext', 'authorizer', 'iam', 'userArn'],
  ['requestContext', 'authorizer', 'jwt', 'claims', 'sub'],
  ['requestContext', 'authorizer', 'claims', 'sub'],
  ['requestContext', 'authorizer', 'lambda', 'principalId'],
  ['requestContext', 'authorizer', 'principalId'],
  ['attributes', 'SenderId'],
] as const;

/** @param event of any source; or one message of an event of SQS, which has a caller of its own */
export function senderOf(event: unknown): Sender {
  const source = sourceOf(event);
  const isChecked = source !== 'direct' && source !== 'eventbridge'; // else its sender wrote all of it
  const caller = isChecked ? CALLERS.map((path) => at(event, path)).find(isId) : undefined;
  return caller === undefined ? { source } : { source, caller };
}

function sourceOf(event: unknown): SenderSource {
  const context = at(event, ['requestContext']);
  if (isOfBalancer(context)) return 'load-balancer';
  if (typeof at(context, ['http', 'method']) === 'string') {
    return String(at(context, ['domainName'])).includes('.lambda-url.') ? 'function-url' : 'api-gateway-http';
  }
  // An HTTP API with payload format 1.0 sends what a REST API sends, and a version.
  if (at(event, ['httpMethod']) !== undefined) return at(event, ['version']) ? 'api-gateway-http' : 'api-gateway-rest';
  if (at(event, ['eventSource']) === 'aws:sqs' || at(event, ['Records', '0', 'eventSource']) === 'aws:sqs')
    return 'sqs';
  if (at(event, ['Records', '0', 'EventSource']) === 'aws:sns') return 'sns';
  return at(event, ['detail-type']) === undefined ? 'direct' : 'eventbridge';
}

/** Whether the context of a request is that of a load balancer. */
export function isOfBalancer(requestContext: unknown): boolean {
  return typeof requestContext === 'object' && requestContext !== null && Object.hasOwn(requestContext, 'elb');
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_LENGTH;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], value);
}
