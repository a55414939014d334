import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../http/listen.ts';
import { Allocator } from './allocation.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'allocation-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const clock = { wallMs: () => Date.UTC(2026, 10, 25) };
const allocator = (preferred = 0, demandedPorts = {}) =>
  new Allocator({ folder, ports: [{ name: 'Agent', variable: 'AGENT_PORT', preferred }], demandedPorts, clock });

test('every environment has a folder, a port and a log stream of its own', async () => {
  const one = allocator();
  const allocations = await Promise.all([one.next(), one.next(), one.next()]);
  expect(allocations.map(({ tmp }) => path.relative(folder, tmp))).toEqual([
    'environment/tmp',
    'environment-2/tmp',
    'environment-3/tmp',
  ]);
  expect(new Set(allocations.map(({ ports }) => ports['Agent'])).size).toBe(3);
  expect(new Set(allocations.map(({ logStreamName }) => logStreamName)).size).toBe(3);
  expect(allocations[0]!.logStreamName).toMatch(/^2026\/11\/25\/\[\$LATEST\][0-9a-f]{32}$/);
});

test.each([
  ['preferred', (port: number) => allocator(port)],
  ['demanded', (port: number) => allocator(0, { Agent: port })],
])('the first environment has the port that is %s, and no other one has', async (_what, make) => {
  const port = await freePort(0);
  const one = make(port);
  expect((await one.next()).ports).toEqual({ Agent: port });
  expect((await one.next()).ports['Agent']).not.toBe(port);
});

test('a port that is in use is replaced where it is preferred, and an error where it is demanded', async () => {
  await using server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  expect((await allocator(port).next()).ports['Agent']).not.toBe(port);
  await expect(allocator(0, { Agent: port }).next()).rejects.toThrow(
    `Port ${port} is in use. End what listens on it, or choose another with --environment-port Agent=PORT`,
  );
});

test('two programs that prefer one port get two, and may not demand one', async () => {
  const port = await freePort(0);
  const ports = [
    { name: 'Agent', variable: 'AGENT_PORT', preferred: port },
    { name: 'Other', variable: 'OTHER_PORT', preferred: port },
  ];
  const allocations = await new Allocator({ folder, ports, demandedPorts: {}, clock }).next();
  expect(allocations.ports['Agent']).toBe(port);
  expect(allocations.ports['Other']).not.toBe(port);
  const demandedPorts = { Agent: port, Other: port };
  await expect(new Allocator({ folder, ports, demandedPorts, clock }).next()).rejects.toThrow(`got ${port} twice`);
});

test('a name that the template does not have is refused, with those that it has', () => {
  expect(() => allocator(0, { Other: 0 })).toThrow("in Metadata.Emulator.Ports (Agent), got 'Other'");
});
