import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface LogGroup extends AsyncDisposable {
  url: string;
}

/**
 * As much of CloudWatch Logs as `aws logs filter-log-events` asks for: one group, and a filter on `$.message`.
 *
 * @param lines of the log
 */
export async function startLogGroup(lines: readonly string[]): Promise<LogGroup> {
  const server = http.createServer(async (request, response) => {
    const { filterPattern } = JSON.parse(await text(request)) as { filterPattern: string };
    const [, message] = /^\{ \$\.message = "(.*)" \}$/.exec(filterPattern) ?? [];
    const events = lines.filter((line) => message !== undefined && messageOf(line) === message);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ events: events.map((line) => ({ message: line })) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function messageOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { message?: unknown }).message;
  } catch {
    return undefined;
  }
}
