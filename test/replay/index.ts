/** Replays events/ against a fresh emulator: `make replay`. Exits with 1 where anything is not as expected. */
import { apisFor, type Body } from './apis.ts';
import { readFixtures, SUITES, type Suite } from './fixtures.ts';
import { type Replayed, replay } from './replay.ts';

const replayed: Replayed[] = [];
for (const suite of SUITES) replayed.push(...(await replaySuite(suite)));
const failed = replayed.filter(({ problems }) => problems.length > 0).length;
console.log(`${replayed.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function replaySuite(suite: Suite): Promise<Replayed[]> {
  const fixtures = await readFixtures(suite.folder);
  const total = fixtures.flatMap(({ event }) => apisFor(event)).length;
  let answered = 0;
  console.error(
    `${suite.folder}: ${fixtures.length} events, each through the Invoke API, and those of the REST API through API Gateway too`,
  );
  const found = await replay(suite, ({ name, api }) => console.error(`${++answered}/${total} ${name} (${api})`));
  console.log(table([[suite.folder, 'through', 'expected', 'actual', ''], ...found.map(row)]));
  for (const { name, api, problems } of found) {
    for (const problem of problems) console.log(`${name} (${api}): ${problem}`);
  }
  return found;
}

function row({ name, api, expected, actual, problems }: Replayed): string[] {
  return [
    name,
    api,
    brief(expected.status, expected.body),
    brief(actual.status, actual.body),
    problems.length === 0 ? 'ok' : 'DIFFERS',
  ];
}

function brief(status: number | undefined, body: Body): string {
  return [status ?? 'direct:', ...[body].flat(2).map(briefAnswer)].join(' ').trimEnd();
}

function briefAnswer(body: unknown): string {
  const { answer, start, end, label, error } = body as {
    answer?: string;
    start?: number;
    end?: number;
    label?: string;
    error?: { code: string };
  };
  if (error !== undefined) return error.code;
  if (label !== undefined) return `"${label}"`;
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
