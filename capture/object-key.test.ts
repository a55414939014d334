import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hourOf, objectKey } from './object-key.ts';

const ID = '12b73486-e916-45de-9d82-7fa23d4a39a6';
const TIME = new Date('2026-11-23T21:05:09.007Z');

test.each([
  ['captured/qa', `captured/qa/QuestionAnswering/AllTraffic/2026/11/23/21/05-09-007-${ID}.jsonl`],
  ['', `QuestionAnswering/AllTraffic/2026/11/23/21/05-09-007-${ID}.jsonl`],
])('with the prefix "%s" the key is %s', (prefix, key) => {
  expect(objectKey({ prefix, endpoint: 'QuestionAnswering', variant: 'AllTraffic' }, TIME, ID)).toBe(key);
});

test('every key holds the UTC hour of its time and no empty part', () => {
  const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(times, (time) => {
      const key = objectKey({ prefix: '', endpoint: 'e', variant: 'v' }, time, ID);
      const [, year, month, day, hour] = /(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)\/\d\d-\d\d-\d{3}-/.exec(key)!.map(Number);
      expect(Date.UTC(year!, month! - 1, day!, hour!)).toBe(new Date(time).setUTCMinutes(0, 0, 0));
      expect(key).toContain(`/${hourOf(time)}/`);
      expect(key.split('/')).not.toContain('');
    }),
  );
});
