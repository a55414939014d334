import { expect, test } from 'vitest';
import { HELP, parseCommandLine } from './command-line.ts';

test('without flags, everything has its default', () => {
  expect(parseCommandLine([])).toEqual({
    help: false,
    port: 3000,
    invokePort: 3001,
    s3Port: 9000,
    environmentPorts: {},
    template: 'template.yaml',
    local: 'local',
    env: {},
    telemetry: true,
    initializationType: 'on-demand',
  });
});

test('ports of the environment are given by name', () => {
  const args = ['--environment-port', 'Agent=4000', '--environment-port', 'Other=0'];
  expect(parseCommandLine(args).environmentPorts).toEqual({ Agent: 4000, Other: 0 });
});

test('a variable may be empty, and may hold what it likes', () => {
  expect(parseCommandLine(['--env', 'A=', '--env', 'B=c=d\ne', '--port', '0'])).toMatchObject({
    port: 0,
    env: { A: '', B: 'c=d\ne' },
  });
});

const wrong: [args: string[], says: string][] = [
  [['--port', '65536'], "--port to be a port from 0 to 65535, got '65536'"],
  [['--s3-port', ''], "--s3-port to be a port from 0 to 65535, got ''"],
  [['--environment-port', 'Agent'], "--environment-port to be NAME=PORT, got 'Agent'"],
  [['--environment-port', 'Agent=x'], "--environment-port Agent=PORT to be a port from 0 to 65535, got 'x'"],
  [['--env', 'A'], "--env to be KEY=VALUE, got 'A'"],
  [['--initialization-type', 'snap-start'], "to be on-demand or lambda-managed-instances, got 'snap-start'"],
  [['--unknown'], '--unknown'],
  [['file'], 'file'],
];
test.each(wrong)('%j is refused', (args, says) => {
  expect(() => parseCommandLine(args)).toThrow(says);
});

test('the help names every flag', () => {
  for (const flag of [
    'port',
    'invoke-port',
    's3-port',
    'environment-port',
    'template',
    'local',
    'env',
    'initialization-type',
    'no-telemetry',
    'help',
  ]) {
    expect(HELP).toContain(`--${flag}`);
  }
});
