import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import type { Control } from '../environment/control.ts';
import { identified } from '../environment/state-machine/extension.ts';
import { Refusal } from '../environment/state-machine/refusal.ts';

const ERROR_TYPE = 'Lambda-Extension-Function-Error-Type';
const Registration = v.strictObject({ events: v.optional(v.array(v.string()), []) });

/** What an extension is told of the function when it registers. */
export interface FunctionIdentity {
  functionName: string;
  functionVersion: string;
  handler: string;
  accountId: string;
}

/** The Extensions API, 2020-01-01. */
export function extensionsApi(app: FastifyInstance, control: Control, identity: FunctionIdentity): void {
  app.post('/2020-01-01/extension/register', (request, reply) => {
    const name = header(request, 'Lambda-Extension-Name');
    if (!name) throw new Refusal(403, 'Extension.InvalidExtensionName', 'Empty extension name');
    const id = control.register(name, eventsOf(request));
    const { accountId, ...rest } = identity;
    const features = (header(request, 'Lambda-Extension-Accept-Feature') ?? '').split(',').map((one) => one.trim());
    return reply
      .header('Lambda-Extension-Identifier', id)
      .send(features.includes('accountId') ? { ...rest, accountId } : rest);
  });

  app.get('/2020-01-01/extension/event/next', async (request, reply) => {
    const { endsAtMs, ...event } = await control.nextEvent(identifier(request));
    if (event.eventType === 'INVOKE') reply.header('Lambda-Extension-Event-Identifier', randomUUID());
    return reply.send({ ...event, deadlineMs: control.deadlineMs(endsAtMs) });
  });

  for (const kind of ['init', 'exit'] as const) {
    app.post(`/2020-01-01/extension/${kind}/error`, (request, reply) => {
      identified(control.life, identifier(request));
      const type = header(request, ERROR_TYPE);
      if (!type) throw new Refusal(403, 'Extension.MissingHeader', `${ERROR_TYPE} not found`);
      control.extensionError(kind, identifier(request), type);
      return reply.code(202).send({ status: 'OK' });
    });
  }
}

function eventsOf(request: FastifyRequest): string[] {
  try {
    return v.parse(Registration, JSON.parse(String(request.body))).events;
  } catch (error) {
    throw new Refusal(403, 'InvalidRequestFormat', `Invalid registration: ${(error as Error).message}`);
  }
}

function identifier(request: FastifyRequest): string | undefined {
  return header(request, 'Lambda-Extension-Identifier');
}

/** One header of a request: the first one where it is repeated. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}
