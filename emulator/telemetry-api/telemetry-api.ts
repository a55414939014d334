import type { FastifyInstance } from 'fastify';
import type { Control } from '../environment/control.ts';
import { identified } from '../environment/state-machine/extension.ts';
import { Refusal } from '../environment/state-machine/refusal.ts';
import { header } from '../extensions-api/extensions-api.ts';
import { parseSubscription } from './subscription.ts';
import type { Telemetry } from './telemetry.ts';

/** The Telemetry API, 2022-07-01. Without `telemetry` it answers that it is not supported. */
export function telemetryApi(app: FastifyInstance, control: Control, telemetry: Telemetry | undefined): void {
  app.put('/2022-07-01/telemetry', (request, reply) => {
    if (!telemetry) {
      return reply
        .code(202)
        .send({ errorMessage: 'Telemetry API is not supported', errorType: 'Telemetry.NotSupported' });
    }
    const { name } = identified(control.life, header(request, 'Lambda-Extension-Identifier'));
    if (control.life.phase !== 'registering' && control.life.phase !== 'starting') {
      throw new Refusal(403, 'Telemetry.SubscriptionClosed', 'Telemetry API subscription is closed already');
    }
    telemetry.subscribe(name, parseSubscription(String(request.body), control.life.initializationType));
    return reply.type('application/json').send('"OK"');
  });
}
