import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { intactLines } from './lines.ts';
import { recoverSegments } from './recovery.ts';

const KEY = 'captured/qa/AllTraffic/2026/11/23/21/00-00-000-8476a536-e9f4-11e8-9739-2dfe598c3fcd.jsonl';
const line = (eventId: string) => `${JSON.stringify({ eventMetadata: { eventId } })}\n`;

let left: string;
let into: string;
beforeEach(() => {
  const dir = fs.mkdtempSync(path.join(tmpdir(), 'recovery-'));
  left = path.join(dir, 'left');
  into = path.join(dir, 'into');
  return () => fs.rmSync(dir, { recursive: true, force: true });
});

function leave(name: string, content: string, modifiedMs = 1): void {
  const file = path.join(left, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  fs.utimesSync(file, modifiedMs, modifiedMs);
}
const NONE = { record: [], label: [], payload: [] };
const recover = () => recoverSegments([left], into, 1000);
/** What is sent of the segments that were found. */
const sent = (segments: ReturnType<typeof recover>['segments']) =>
  segments.map((segment) =>
    intactLines(fs.readFileSync(segment.file).subarray(0, segment.bytes), segment).lines.toString(),
  );

test('segments are moved under their keys, the oldest first, and the ids of the last are known', () => {
  leave(KEY.replace('8476', 'bbbb'), line('b') + line('"c\\'), 2);
  leave(`${KEY}.open`, line('a'), 1);
  const { segments, lastIds, leftAlone } = recover();
  expect(segments.map(({ key, file, records }) => [key, file, records])).toEqual([
    [KEY, path.join(into, KEY), 1],
    [KEY.replace('8476', 'bbbb'), path.join(into, KEY.replace('8476', 'bbbb')), 2],
  ]);
  expect({ lastIds, leftAlone }).toEqual({ lastIds: { ...NONE, record: ['b', '"c\\'] }, leftAlone: [] });
  expect(fs.existsSync(left)).toBe(false);
});

test.each([
  ['a line that was only begun', line('a') + line('b').slice(0, -1), 1],
  ['a line that is no record', `${line('a')}no record\n{"eventMetadata":{}}\n${line('b')}`, 2],
  ['a hole before a line', `${line('a')}${'\0'.repeat(100)}${line('b')}`, 2],
  ['a line that was cut, and a hole', `${line('a')}{"eventMeta${'\0'.repeat(100)}${line('b')}`, 2],
  ['a hole at the beginning', '\0'.repeat(100) + line('a'), 1],
])('%s is not sent, and the others are', (_, content, records) => {
  leave(`${KEY}.open`, content);
  const { segments } = recover();
  expect(segments).toMatchObject([{ records }]);
  expect(sent(segments)).toEqual([['a', 'b'].slice(0, records).map(line).join('')]);
});

test.each([
  ['of others', 'notes.jsonl', '{"of":"others"}\n'],
  ['without a line', 'notes.jsonl', 'half'],
  ['that is larger than any segment', KEY, ' '.repeat(33 * 1024 * 1024)],
  ['whose key is taken', KEY, line('a')],
])('a file %s is left alone, told, and keeps no other from being recovered', (what, name, content) => {
  leave(name, content);
  leave(KEY.replace('8476', 'bbbb'), line('b'));
  if (what === 'whose key is taken') {
    fs.mkdirSync(path.dirname(path.join(into, KEY)), { recursive: true });
    fs.writeFileSync(path.join(into, KEY), line('other'));
  }
  const { segments, leftAlone } = recover();
  expect(segments).toMatchObject([{ records: 1 }]);
  expect(leftAlone).toEqual([{ file: path.join(left, name), cause: expect.stringMatching(/^Expected/) }]);
  expect(fs.readFileSync(path.join(left, name), 'utf8')).toBe(content);
});

test.each(['', line('a').slice(0, -1)])('an open segment that never got its first record is removed: %j', (content) => {
  leave(`${KEY}.open`, content);
  expect(recover()).toEqual({ segments: [], lastIds: NONE, leftAlone: [] });
  expect(fs.existsSync(left)).toBe(false);
});

test.each(['readdirSync', 'lstatSync', 'readFileSync', 'renameSync'] as const)(
  'a file that goes away, or a folder, before %s is somebody else’s now, and keeps no other from being recovered',
  (call) => {
    leave(`a/${KEY}`, line('a'), 1);
    leave(`b/${KEY}`, line('b'), 2);
    const real = fs[call] as (...args: unknown[]) => unknown;
    vi.spyOn(fs, call).mockImplementation(((...args: unknown[]) => {
      if (String(args[0]).startsWith(path.join(left, 'a')))
        fs.rmSync(path.join(left, 'a'), { recursive: true, force: true });
      return real(...args);
    }) as never);
    const { segments, leftAlone } = recover();
    vi.restoreAllMocks();
    expect(sent(segments)).toEqual([line('b')]);
    expect(leftAlone).toEqual([]);
  },
);

test('a file that cannot be read is left alone and told', () => {
  leave(KEY, line('a'));
  leave(KEY.replace('8476', 'bbbb'), line('b'));
  const real = fs.readFileSync;
  vi.spyOn(fs, 'readFileSync').mockImplementation(((file: string, ...rest: []) => {
    if (file.endsWith(KEY)) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    return real(file, ...rest);
  }) as typeof fs.readFileSync);
  const { segments, leftAlone } = recover();
  vi.restoreAllMocks();
  expect(segments).toHaveLength(1);
  expect(leftAlone).toEqual([{ file: path.join(left, KEY), cause: 'EACCES: permission denied' }]);
});
