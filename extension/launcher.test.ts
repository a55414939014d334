import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { lines, opt, SHELLS, start, where } from './fixtures/launched.ts';

/** The variables that the launcher clears whatever they hold. */
const CLEARED = /^unset ([^[]+?)\n\[/m.exec(fs.readFileSync('extension/launcher.sh', 'utf8'))![1]!.split(/[\s\\]+/);

describe('the world of the function', () => {
  /** What is in the place of the bundle. */
  const bundle = (code: string) => fs.writeFileSync(path.join(opt, 'inference-capture/index.mjs'), code);
  const PATH = path.dirname(process.execPath);
  const extension = `await import(${JSON.stringify(path.resolve('extension/index.ts'))});`;
  const capturing = () => ({
    PATH,
    CAPTURE_DESTINATION: `file://${opt}/objects`,
    CAPTURE_SPOOL_DIR: `${opt}/spool`,
    CAPTURE_PORT: '1',
  });

  test.each([
    ['NODE_OPTIONS', '--import some-tracer-that-only-the-function-finds'],
    ['NODE_OPTIONS', '--max-old-space-size=4'],
    ['NODE_OPTIONS', '--an-option-of-another-version'],
    ['OPENSSL_CONF', '/etc/passwd'],
    ['LD_PRELOAD', '/var/task/tracer.so'],
    ['NODE_EXTRA_CA_CERTS', '/var/task/certificates.pem'],
    ['NODE_DEBUG', 'http,net'],
  ])('does not keep the extension from starting, nor make it say anything: %s=%s', async (name, value) => {
    bundle(extension);
    const { lambda, exited, stderr } = await start({ ...capturing(), [name]: value });
    await lambda.asked(1);
    lambda.shutdown();
    expect(await exited).toBe(0);
    // The dynamic linker has told of a library that it does not find before any line of the launcher.
    expect(stderr().replace(/^ERROR: ld\.so: .*\n/gm, '')).toBe('');
  });

  test('a tracer that does resolve does not run in it, and no coverage is written', async () => {
    bundle(extension);
    const tracer = path.join(opt, 'tracer.mjs');
    fs.writeFileSync(tracer, `import fs from 'node:fs'; fs.writeFileSync(${JSON.stringify(`${opt}/traced`)}, '');`);
    const world = { NODE_OPTIONS: `--import ${tracer}`, NODE_V8_COVERAGE: `${opt}/coverage` };
    const { lambda, exited } = await start({ ...capturing(), ...world });
    await lambda.asked(1);
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(fs.readdirSync(opt)).not.toContain('traced');
    expect(fs.readdirSync(opt)).not.toContain('coverage');
  });

  test('is left out of its environment, and the rest is let through', async () => {
    bundle('console.log(JSON.stringify({ ...process.env, execArgv: process.execArgv.join(" ") }))');
    const kept = {
      AWS_REGION: 'eu-central-1',
      CAPTURE_DESTINATION: 's3://bucket',
      HTTPS_PROXY: 'http://proxy:3128',
      LD_LIBRARY_PATH: '/var/lang/lib',
      NODE_COMPILE_CACHE: `${opt}/cache`,
      NODE_EXTRA_CA_CERTS: path.resolve('package.json'),
      SSL_CERT_FILE: '/etc/pki/tls/cert.pem',
    };
    const cleared = Object.fromEntries(CLEARED.map((name) => [name, name === 'OPENSSL_CONF' ? '/dev/null' : '0']));
    const started = await start({ PATH, ...kept, ...cleared });
    expect(await started.exited).toBe(0);
    const [seen] = lines(started);
    expect(seen).toMatchObject({ ...kept, MALLOC_ARENA_MAX: '1', execArgv: '--max-semi-space-size=8' });
    for (const name of CLEARED) expect(seen).not.toHaveProperty(name);
  });

  test('a crash leaves no memory and no report behind: both would hold records', async () => {
    bundle(extension);
    const reports = `--report-on-fatalerror --report-on-signal --report-uncaught-exception --report-directory=${opt}`;
    const core = '--abort-on-uncaught-exception --heapsnapshot-signal=SIGUSR2 --heapsnapshot-near-heap-limit=1';
    const { lambda, child, exited } = await start({ ...capturing(), NODE_OPTIONS: `${reports} ${core}` });
    await lambda.asked(1);
    const before = fs.readdirSync(opt);
    const limits = fs.readFileSync(`/proc/${child.pid}/limits`, 'utf8');
    child.kill('SIGUSR2');
    await exited;
    expect(limits).toMatch(/^Max core file size +0 +0 /m);
    expect(fs.readdirSync(opt)).toEqual(before);
  });

  test('is documented, each variable that is left out', () => {
    const [, section] = fs.readFileSync('docs/configuration.md', 'utf8').split(/^## What is left out.*$/m);
    const documented = Array.from(section!.matchAll(/`([A-Z][A-Z0-9_]+)`(?=.*\|.*\|)/g), ([, name]) => name);
    expect(documented.sort()).toEqual([...CLEARED, 'NODE_EXTRA_CA_CERTS'].sort());
  });
});

test('the launcher in the bundles can be executed, and the shell takes both files', () => {
  expect(fs.statSync('extension/launcher.sh').mode & 0o111).toBe(0o111);
  for (const [tool, ...args] of SHELLS) {
    for (const file of ['extension/launcher.sh', 'extension/without-node.sh']) {
      execFileSync(where(tool)!, [...args, '-n', file]);
    }
  }
});
