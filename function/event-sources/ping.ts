import * as v from 'valibot';
import { isOfBalancer } from '../../capture/sender.ts';
import { balancerSource, type EventSource } from './event.ts';

/** An event that keeps the function warm: of serverless-plugin-warmup or its namesake, of lambda-warmer, or of a rule or schedule of EventBridge. */
const WarmUp = v.union([
  v.object({ source: v.picklist(['serverless-plugin-warmup', 'serverless-plugin-lambda-warmup']) }),
  v.object({ warmer: v.literal(true) }),
  v.object({ 'detail-type': v.literal('Scheduled Event') }),
]);

/** The health check of a load balancer. */
const HealthCheck = v.pipe(
  v.object({
    httpMethod: v.literal('GET'),
    requestContext: v.custom(isOfBalancer),
    headers: v.nullish(v.looseObject({ 'user-agent': v.optional(v.unknown()) }), {}),
    multiValueHeaders: v.nullish(v.looseObject({ 'user-agent': v.optional(v.unknown()) }), {}),
  }),
  v.check(({ headers, multiValueHeaders }) =>
    [headers['user-agent'], multiValueHeaders['user-agent']]
      .flat()
      .some((agent) => String(agent).startsWith('ELB-HealthChecker/')),
  ),
);

/** An event with one of these fields is a request, whatever else it has. */
const Request = v.union([
  v.object({ question: v.unknown() }),
  v.object({ text: v.unknown() }),
  v.object({ inputs: v.unknown() }),
]);

/** The body of the answer to a ping. */
export const PONG = { status: 'warm' };

/** The source of a ping: an event that only wants to find the function ready. Undefined: the event is not a ping. */
export function pingSource(event: unknown): EventSource | undefined {
  if (v.is(HealthCheck, event)) return balancerSource({ multiValueHeaders: event.multiValueHeaders ?? {} });
  return v.is(WarmUp, event) && !v.is(Request, event) ? 'direct' : undefined;
}
