import * as v from 'valibot';
import { balancerDoor, type Door, isOfBalancer } from './event.ts';

/** Who keeps the function warm: serverless-plugin-warmup and its namesake, lambda-warmer, a rule or schedule of EventBridge. */
const WarmUp = v.union([
  v.object({ source: v.picklist(['serverless-plugin-warmup', 'serverless-plugin-lambda-warmup']) }),
  v.object({ warmer: v.literal(true) }),
  v.object({ 'detail-type': v.literal('Scheduled Event') }),
]);

/** A load balancer's look at whether its target is healthy. */
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

/** What a request of any task has. */
const Request = v.union([
  v.object({ question: v.unknown() }),
  v.object({ text: v.unknown() }),
  v.object({ inputs: v.unknown() }),
]);

/** The body of the answer to a ping. */
export const PONG = { status: 'warm' };

/** The door of a ping: an event that asks nothing, and wants only to find the function ready. Undefined: the event is none. */
export function pingDoor(event: unknown): Door | undefined {
  if (v.is(HealthCheck, event)) return balancerDoor({ multiValueHeaders: event.multiValueHeaders ?? {} });
  return v.is(WarmUp, event) && !v.is(Request, event) ? 'direct' : undefined;
}
