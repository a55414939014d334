import http from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../../../harness/loopback.ts';

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
  const listening = await listenOnLoopback(server);
  return { url: `http://${listening.address}`, [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose]() };
}

function messageOf(line: string): unknown {
  try {
    return (JSON.parse(line) as { message?: unknown }).message;
  } catch {
    return undefined;
  }
}
