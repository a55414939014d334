import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TelemetryListener {
  /** @returns the port */
  listen(): Promise<number>;
  close(): void;
}

/** Lambda sends batches of 256 KiB, as we ask it to, and what is larger we need not understand. */
const MAX_BYTES = 1024 * 1024;
const MAX_CONNECTIONS = 4;

/**
 * The HTTP server that Lambda sends telemetry to. Of all that it says we need one thing: when the runtime is done with a request.
 *
 * Lambda reaches it as sandbox.localdomain, which is no loopback address: so it listens on all of the environment's, and is a server of its
 * own, away from the records. It answers 200 whatever comes, because anything else would be sent again without end.
 */
export function createTelemetryListener(onRuntimeDone: (requestId: string) => void): TelemetryListener {
  const server = http.createServer((request, response) => {
    let length = 0;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BYTES) chunks.push(chunk);
    });
    request.on('error', () => {}); // the connection is gone, and with it whoever wants an answer
    request.on('end', () => {
      response.writeHead(200, { 'content-length': 0 }).end();
      if (length <= MAX_BYTES) for (const id of finishedRequests(Buffer.concat(chunks).toString())) onRuntimeDone(id);
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = 0; // as in receiver.ts: the clock jumps at a thaw

  return {
    listen() {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '0.0.0.0', () => resolve((server.address() as AddressInfo).port));
      });
    },
    close() {
      server.close();
    },
  };
}

/** The ids of the requests that a batch of telemetry says the runtime is done with. What is none is passed over. */
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
