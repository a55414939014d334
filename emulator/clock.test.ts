import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { FIXTURES, FREE_PORTS, project } from './fixtures/command.ts';
import { until } from './fixtures/environment.ts';

const PRELOAD = `--import=${pathToFileURL(path.join(FIXTURES, 'stepped-clock.mjs'))}`;
const TIMEOUT_MS = 28_000;
const SHUTDOWN_MS = 2000;

// A laptop that has slept for an hour; a clock that was wrong, and is set right by the network.
test.each([
  ['an hour forwards', 3_600_000],
  ['an hour back', -3_600_000],
])('the wall clock is set %s: function and extensions have as much time as before', async (_what, stepMs) => {
  using place = project();
  place.addExtension('busy-until-go');
  const clock = path.join(place.folder, 'clock');
  const step = (ms: number) => writeFileSync(clock, String(ms));
  step(0);
  const variables = { NODE_OPTIONS: PRELOAD, CLOCK_STEP: clock };
  const flags = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const emulator = place.start([...FREE_PORTS, ...flags], { env: { ...variables, PATH: '' } });
  await emulator.ready();
  const url = `${emulator.address('Lambda')}/2015-03-31/functions/Orders/invocations`;
  const remainingMs = async () => {
    const response = await fetch(url, { method: 'POST', body: '{"behaviour":"describe"}' });
    return ((await response.json()) as { remainingMs: number }).remainingMs;
  };
  const reports = () => emulator.output().match(/^REPORT .*$/gm) ?? [];

  // Between start and request.
  step(stepMs);
  expect(await remainingMs()).toSatisfy((ms) => ms > TIMEOUT_MS - 10_000 && ms <= TIMEOUT_MS);

  // During an invocation, which the extension holds up until it may go on.
  expect(reports()).toHaveLength(0);
  step(2 * stepMs);
  writeFileSync(place.noteFile('busy-until-go', 'go'), '');
  await until(() => reports().length === 1, 'the end of the invocation');
  expect(reports()[0]).not.toContain('Status');
  expect(await remainingMs()).toSatisfy((ms) => ms > TIMEOUT_MS - 10_000 && ms <= TIMEOUT_MS);

  // Before the shutdown.
  step(0);
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
  const [, budgetMs] = /^budget (.+)$/m.exec(place.note('busy-until-go', 'log')) ?? [];
  expect(Number(budgetMs)).toSatisfy((ms) => ms > 500 && ms <= SHUTDOWN_MS);
});
