import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleBody } from './sample.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sample-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const of = (sample: { body?: string; bodyFile?: string }) => ({ sample, buildCommand: 'npm run bundle' });

test('the body of the sample stands in the template, or in a file beside it', () => {
  writeFileSync(path.join(folder, 'order.json'), '{"item":"book"}\n');
  expect(sampleBody(of({ body: '{}' }), folder)).toBe('{}');
  expect(sampleBody(of({ bodyFile: 'order.json' }), folder)).toBe('{"item":"book"}');
  expect(sampleBody(of({}), folder)).toBeUndefined();
});

test('a file that is not there is an error that names it and the command that makes it', () => {
  expect(() => sampleBody(of({ bodyFile: 'order.json' }), folder)).toThrow(/order\.json.*Run `npm run bundle` first\./);
});
