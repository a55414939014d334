import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FREE_PORTS, type Project, project } from './fixtures/command.ts';
import { processState, until } from './fixtures/environment.ts';

let place: Project;
beforeEach(() => {
  place = project();
  place.addExtension('timely');
});
afterEach(() => place[Symbol.dispose]());

const pidOfExtension = () => Number(place.note('timely', 'pid'));

test('starts, answers, tells what to try, and ends with Ctrl-C as Lambda does', async () => {
  const emulator = place.start([...FREE_PORTS, '--env', 'OVERLAID=user']);
  await emulator.ready();
  const url = emulator.address('API Gateway');
  expect(url).toMatch(/\/orders$/);
  expect(emulator.output()).toContain(`curl -s ${url.replace('http://127.0.0.1', 'localhost')} -d '{"item":"book"}'`);
  expect(emulator.output()).toContain('local/s3/archive');
  const body = JSON.stringify({ behaviour: 'value', value: { statusCode: 201, body: 'hi' } });
  const response = await fetch(url, { method: 'POST', body });
  expect([response.status, await response.text()]).toEqual([201, 'hi']);
  expect((await fetch(emulator.address('S3'))).status).toBe(200);
  expect((await fetch(`${emulator.address('Lambda')}/`)).status).toBe(404);

  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
  expect(place.note('timely', 'log')).toMatch(/^INVOKE\nSHUTDOWN spindown\n/);
  expect(processState(pidOfExtension())).toBeUndefined();
});

test('may be ended while it still starts', async () => {
  place.addExtension('never-registers');
  const emulator = place.start(FREE_PORTS);
  await until(() => emulator.output().includes('timely registered'), 'an extension');
  emulator.child.kill('SIGTERM');
  expect(await emulator.ended).toBe(0);
  expect(emulator.output()).not.toContain('Ctrl-C');
});

test('a second Ctrl-C ends it at once', async () => {
  place.addExtension('hangs-on-shutdown');
  const emulator = place.start(FREE_PORTS);
  await emulator.ready();
  const log = place.noteFile('hangs-on-shutdown', 'log');
  emulator.child.kill('SIGINT');
  await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('SHUTDOWN'), 'the shutdown');
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(130);
  const pid = Number(place.note('hangs-on-shutdown', 'pid'));
  await until(() => processState(pid) === undefined, 'the end of the extension');
});

test('leaves no process behind when it is killed', async () => {
  const emulator = place.start(FREE_PORTS);
  await emulator.ready();
  emulator.child.kill('SIGKILL');
  await until(() => processState(pidOfExtension()) === undefined, 'the end of the extension');
});

test('leaves no process behind when it crashes', async () => {
  const crash = 'process.on("SIGUSR2", () => { throw new Error("crash"); })';
  const emulator = place.start(FREE_PORTS, {
    nodeArgs: ['--import', `data:text/javascript,${encodeURIComponent(crash)}`],
  });
  await emulator.ready();
  emulator.child.kill('SIGUSR2');
  expect(await emulator.ended).not.toBe(0);
  await until(() => processState(pidOfExtension()) === undefined, 'the end of the extension');
});

test('has a help', async () => {
  const emulator = place.start(['--help']);
  expect(await emulator.ended).toBe(0);
  expect(emulator.output()).toContain('--environment-port');
});

test('says that the function failed to start, and why, and still answers as Lambda does', async () => {
  using broken = project('throws-at-import');
  const emulator = broken.start(FREE_PORTS);
  await emulator.ready();
  expect(emulator.output()).toContain('\nOrders failed to start: RangeError: thrown at import\n');
  expect(emulator.output()).not.toContain('Try Orders');
  expect((await fetch(emulator.address('API Gateway'), { method: 'POST' })).status).toBe(502);
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
});

test('repeats what extensions say at their start', async () => {
  place.addExtension('complains');
  const emulator = place.start(FREE_PORTS);
  await emulator.ready();
  expect(emulator.output()).toContain(
    '\nSaid at the start:\n  ERROR nothing is kept (cause: no room)\n  INFO 2 files found\n\nTry',
  );
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
});

test('ends as with Ctrl-C when its output has no reader any more, as after `| head`', async () => {
  const emulator = place.start(FREE_PORTS);
  await emulator.ready();
  await fetch(emulator.address('API Gateway'), { method: 'POST', body: '{}' });
  const printed = emulator.output();
  emulator.child.stdout?.destroy();
  // What it writes next finds the pipe broken.
  await fetch(emulator.address('API Gateway'), { method: 'POST', body: '{}' }).catch(() => undefined);
  expect(await emulator.ended).toBe(0);
  expect(emulator.output()).toBe(printed);
  expect(place.note('timely', 'log')).toMatch(/SHUTDOWN spindown\n/);
});

test('tells what of the template it does not do, and starts', async () => {
  const template = path.join(place.folder, 'template.yaml');
  writeFileSync(
    template,
    readFileSync(template, 'utf8').replace('Timeout: 28', 'Timeout: 28\n      EphemeralStorage: {Size: 1024}'),
  );
  const emulator = place.start(FREE_PORTS);
  await emulator.ready();
  expect(emulator.output()).toMatch(
    /^WARN template\.yaml:\d+:7: Resources\.Orders\.Properties\.EphemeralStorage is ignored here$/m,
  );
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
});

test('asks no proxy for this machine, and warns that other programs would', async () => {
  const proxies = {
    http_proxy: 'http://127.0.0.1:1',
    HTTP_PROXY: 'http://127.0.0.1:1',
    HTTPS_PROXY: 'http://127.0.0.1:1',
  };
  const env = { PATH: process.env['PATH'] ?? '', NODE_USE_ENV_PROXY: '1', ...proxies };
  const emulator = place.start(FREE_PORTS, { env });
  await emulator.ready();
  const body = JSON.stringify({ behaviour: 'value', value: { body: 'hi' } });
  expect(await (await fetch(emulator.address('API Gateway'), { method: 'POST', body })).text()).toBe('hi');
  expect(emulator.output()).toContain('WARN http_proxy is set: curl and the AWS CLI would ask that proxy');
  emulator.child.kill('SIGINT');
  expect(await emulator.ended).toBe(0);
  expect(place.note('timely', 'log')).toMatch(/^INVOKE\nSHUTDOWN spindown\n/);
});
