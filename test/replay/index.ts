/** Replays events/ against a fresh emulator: `make replay`. Exits with 1 where anything is not as expected. */
import { type Body, doorsOf } from './doors.ts';
import { readFixtures } from './fixtures.ts';
import { type Replayed, replay } from './replay.ts';

const fixtures = await readFixtures('events');
const total = fixtures.flatMap(({ event }) => doorsOf(event)).length;
let answered = 0;

console.error(
  `${fixtures.length} events: each through the Invoke API, those of the REST API through API Gateway as well`,
);
const replayed = await replay(fixtures, ({ name, door }) => console.error(`${++answered}/${total} ${name} (${door})`));

console.log(table([['event', 'door', 'expected', 'actual', ''], ...replayed.map(row)]));
for (const { name, door, problems } of replayed) {
  for (const problem of problems) console.log(`${name} (${door}): ${problem}`);
}
const failed = replayed.filter(({ problems }) => problems.length > 0).length;
console.log(`${replayed.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function row({ name, door, expected, actual, problems }: Replayed): string[] {
  return [
    name,
    door,
    brief(expected.status, expected.body),
    brief(actual.status, actual.body),
    problems.length === 0 ? 'ok' : 'DIFFERS',
  ];
}

function brief(status: number | undefined, body: Body): string {
  return [status ?? 'direct:', ...[body].flat().map(briefAnswer)].join(' ').trimEnd();
}

function briefAnswer(body: unknown): string {
  const { answer, start, end, error } = body as {
    answer?: string;
    start?: number;
    end?: number;
    error?: { code: string };
  };
  if (error !== undefined) return error.code;
  return answer === undefined ? '' : `"${answer}" ${start}-${end}`;
}

function table(lines: string[][]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
