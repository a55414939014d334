import * as v from 'valibot';
import type { InitializationType } from '../environment/state-machine/lifecycle.ts';
import { Refusal } from '../environment/state-machine/refusal.ts';

/** The hosts that events may go to: Lambda's two names of the environment. Here both mean this machine. */
const HOSTS = ['sandbox.localdomain', 'sandbox'];

const Buffering = v.object(
  {
    maxItems: v.optional(between('maxItems', 1000, 10_000), 10_000),
    maxBytes: v.optional(between('maxBytes', 262_144, 1_048_576), 262_144),
    timeoutMs: v.optional(between('timeoutMs', 25, 30_000), 1000),
  },
  objectMessage('buffering'),
);

const Destination = v.object(
  {
    protocol: v.literal('HTTP', 'destination protocol should be HTTP'),
    URI: v.pipe(
      v.string('URI is not provided'),
      v.url('URI is not valid'),
      v.check((uri) => HOSTS.includes(new URL(uri).hostname), 'URI host should be sandbox.localdomain'),
      v.check((uri) => new URL(uri).port !== '', 'URI port is not provided'),
    ),
  },
  objectMessage('destination'),
);

const Subscription = v.object(
  {
    schemaVersion: v.picklist(['2022-07-01', '2022-12-13', '2025-01-29'], 'schemaVersion is not supported'),
    types: v.pipe(
      v.array(v.picklist(['platform', 'function', 'extension'], 'types are not supported'), 'types should be an array'),
      v.nonEmpty('types should not be empty'),
    ),
    destination: Destination,
    buffering: v.optional(Buffering, {}),
  },
  objectMessage('the request body'),
);

/** What an extension wants to hear, and how much of it at once. */
export interface Subscription {
  types: readonly string[];
  /** An URL of this machine. */
  url: string;
  /** A delivery is due with so many events, so many bytes of JSON, or so many milliseconds after the first. */
  buffering: { maxItems: number; maxBytes: number; timeoutMs: number };
}

/**
 * The body of PUT /telemetry.
 *
 * @throws {Refusal} 400 ValidationError, whose message names everything that is wrong
 */
export function parseSubscription(body: string, initializationType: InitializationType = 'on-demand'): Subscription {
  const result = v.safeParse(Subscription, jsonOf(body), { abortPipeEarly: true });
  if (!result.success) {
    const messages = [...new Set(result.issues.map(({ message }) => message))];
    throw new Refusal(400, 'ValidationError', messages.join('; '));
  }
  const { schemaVersion, types, destination, buffering } = result.output;
  if (initializationType === 'lambda-managed-instances' && schemaVersion !== '2025-01-29') {
    throw new Refusal(400, 'ValidationError', 'schemaVersion should be 2025-01-29 on Managed Instances');
  }
  const { port, pathname, search } = new URL(destination.URI);
  return { types, url: `http://127.0.0.1:${port}${pathname}${search}`, buffering };
}

/** The message for a value that is no object, and for an object that lacks a key. */
function objectMessage(name: string) {
  return ({ path }: v.BaseIssue<unknown>) =>
    path ? `${path.at(-1)?.key} is not provided` : `${name} should be an object`;
}

function between(name: string, least: number, most: number) {
  const message = `${name} should be between ${least} and ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'ValidationError', 'the request body should be JSON');
  }
}
