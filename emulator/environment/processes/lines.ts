import type { Readable } from 'node:stream';

/** CloudWatch's limit for one event. */
const MAX_LINE_CHARACTERS = 256 * 1024;

/** Passes on every line of a stream, without its line break. A line over 256 Ki characters comes in pieces, so that memory stays bounded. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    for (; rest.length > MAX_LINE_CHARACTERS; rest = rest.slice(MAX_LINE_CHARACTERS)) {
      onLine(rest.slice(0, MAX_LINE_CHARACTERS));
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
  stream.on('error', () => {}); // the process was killed
}
