import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignCaller } from '../../capture/local-caller.ts';
import { createConnections } from '../receiver/connections.ts';

export interface TelemetryListener {
  /** @param address one of this machine's; where it is none, and by default, loopback. @returns the port */
  listen(address?: string): Promise<number>;
  close(): void;
}

/** The name under which Lambda reaches an environment. */
const SANDBOX = 'sandbox.localdomain';
const LOOPBACK = '127.0.0.1';
/** A name server may take seconds to say that it knows no such name. */
const LOOKUP_MS = 50;

/** Lambda sends batches of 256 KiB, as we ask it to. A larger body need not be understood. */
const MAX_BYTES = 1024 * 1024;
/** A larger body gets no answer: it is no batch of Lambda's. */
const ABORT_BYTES = 16 * MAX_BYTES;
const MAX_CONNECTIONS = 4;

/**
 * The HTTP server that Lambda sends telemetry to. The extension needs one thing of it: when the runtime is done with a request.
 *
 * Lambda reaches it as sandbox.localdomain, which may be no loopback address, so it is a server of its own, away from the records. It answers
 * Lambda with 200 whatever comes, because anything else would be sent again without end. A page of another site is refused.
 */
export function createTelemetryListener(onRuntimeDone: (requestId: string) => void): TelemetryListener {
  let bound = LOOPBACK;
  const server = http.createServer((request, response) => {
    const foreign = foreignCaller(request.headers, SANDBOX) && foreignCaller(request.headers, bound);
    if (foreign !== undefined) {
      response.writeHead(403, { connection: 'close' }).end(foreign);
      return;
    }
    let length = 0;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BYTES) chunks.push(chunk);
      if (length > ABORT_BYTES) request.destroy();
    });
    request.on('error', () => {}); // the connection is gone, so nobody waits for the answer
    request.on('end', () => {
      response.writeHead(200, { 'content-length': 0 }).end();
      if (length <= MAX_BYTES) for (const id of finishedRequests(Buffer.concat(chunks).toString())) onRuntimeDone(id);
    });
  });
  server.keepAliveTimeout = 0; // as in receiver.ts: the clock jumps at a thaw
  server.on('connection', createConnections(MAX_CONNECTIONS).admit); // no connection is ever marked as busy: the oldest gives way to the newest

  function listenAt(address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, address, () => {
        server.off('error', reject);
        bound = address;
        resolve((server.address() as AddressInfo).port);
      });
    });
  }

  return {
    listen(address = LOOPBACK) {
      return listenAt(address).catch(() => listenAt(LOOPBACK));
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The sources that say which address Lambda's name for an environment has. */
export interface SandboxSources {
  /** AWS_LAMBDA_RUNTIME_API: `host:port`. */
  runtimeApi: string;
  /** The text of the hosts file. @default that of this machine */
  hosts?: string;
  /** Asks a name server. @default the system's */
  resolve?: (name: string) => Promise<string>;
}

/**
 * The address of sandbox.localdomain: by the hosts file, or else by a name server, or else loopback. No name server is asked where the API is on
 * loopback. That is an emulator, and the lookup would tell the name to a server elsewhere and wait for it.
 */
export async function sandboxAddress({
  runtimeApi,
  hosts = hostsFile(),
  resolve = resolved,
}: SandboxSources): Promise<string> {
  const known = hosts.split('\n').find((line) => line.replace(/#.*/, '').split(/\s+/).slice(1).includes(SANDBOX));
  if (known !== undefined) return known.trim().split(/\s+/)[0]!;
  if (/^(127\.|localhost:|\[::1\])/.test(runtimeApi)) return LOOPBACK;
  return Promise.race([resolve(SANDBOX).catch(() => LOOPBACK), sleep(LOOKUP_MS, LOOPBACK, { ref: false })]);
}

function hostsFile(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8');
  } catch {
    return '';
  }
}

async function resolved(name: string): Promise<string> {
  const { lookup } = await import('node:dns/promises');
  return (await lookup(name, { family: 4 })).address;
}

/** The ids of the requests that the runtime is done with, from a batch of telemetry. Other events are passed over. */
export function finishedRequests(body: string): string[] {
  let batch: unknown;
  try {
    batch = JSON.parse(body);
  } catch {
    return [];
  }
  if (!Array.isArray(batch)) return [];
  return batch.flatMap((event: { type?: unknown; record?: { requestId?: unknown } } | null) => {
    const id = event?.record?.requestId;
    return event?.type === 'platform.runtimeDone' && typeof id === 'string' ? [id] : [];
  });
}
