import { expect, test } from 'vitest';
import { Freezer } from './freezer.ts';
import type { InitializationType } from './state-machine/lifecycle.ts';

const environments: [InitializationType, heard: string[]][] = [
  ['on-demand', ['first SIGSTOP', 'second SIGSTOP', 'telemetry pauses', 'first SIGCONT', 'telemetry resumes']],
  ['lambda-managed-instances', ['first SIGCONT', 'telemetry resumes']],
];
test.each(environments)('%s: every process that lives, and its telemetry, is frozen and thawed', (type, expected) => {
  const heard: string[] = [];
  const alive = new Set(['first', 'second']);
  const groups = ['first', 'second', 'gone'].map((name) => ({
    pid: 1,
    exited: new Promise<never>(() => {}),
    isAlive: () => alive.has(name),
    signal: (signal: NodeJS.Signals) => heard.push(`${name} ${signal}`),
    peakMemoryBytes: () => 0,
  }));
  const telemetry = { pause: () => heard.push('telemetry pauses'), resume: () => heard.push('telemetry resumes') };
  const freezer = new Freezer(type, () => groups, telemetry);
  freezer.freeze();
  alive.delete('second');
  freezer.thaw();
  expect(heard).toEqual(expected);
});
