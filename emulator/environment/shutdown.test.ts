import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { processState, stage, until } from '../fixtures/environment.ts';

describe.concurrent('shutdown', () => {
  test('tells the extensions within the budget, and waits for them', async () => {
    const play = await stage({ extensions: ['timely', 'shutdown-only'] });
    await play.invoke({});
    await play.emulator.close();
    expect(play.note('timely', 'log')).toMatch(/^INVOKE\nSHUTDOWN spindown\nbudget \d+\n$/);
    expect(play.note('shutdown-only', 'log')).toMatch(/^SHUTDOWN spindown\nbudget \d+\n$/);
    await play[Symbol.asyncDispose]();
  });

  test('leaves S3 open until the extensions have ended', async () => {
    const play = await stage({ extensions: ['delivers-on-shutdown'] });
    await play.emulator.close();
    expect(play.note('delivers-on-shutdown', 'log')).toContain('delivered 200');
    expect(readFileSync(path.join(play.local, 's3/archive/late'), 'utf8')).toBe('late');
    await play[Symbol.asyncDispose]();
  });

  test('kills an extension that does not end, when 2,000 ms have passed', async () => {
    const play = await stage({ extensions: ['hangs-on-shutdown', 'no-events'] });
    const startMs = performance.now();
    await play.emulator.close();
    const tookMs = performance.now() - startMs;
    expect(tookMs).toBeGreaterThan(1950);
    expect(tookMs).toBeLessThan(4000);
    for (const name of ['hangs-on-shutdown', 'no-events']) {
      expect(processState(Number(play.note(name, 'pid')))).toBeUndefined();
    }
    await play[Symbol.asyncDispose]();
  });

  test('lets the current invocation end and refuses those that wait', async () => {
    const play = await stage({ extensions: ['busy-until-go'] });
    expect((await play.invoke({ behaviour: 'value', value: 1 })).body).toBe(1);
    const waiting = play.invoke({ behaviour: 'value', value: 2 });
    await until(() => play.note('busy-until-go', 'log') === 'INVOKE\n', 'the extension at work');
    const closed = play.emulator.close();
    play.give('busy-until-go', 'go');
    expect((await waiting).status).toBe(503);
    await closed;
    expect(play.note('busy-until-go', 'log')).toContain('SHUTDOWN spindown');
    await play[Symbol.asyncDispose]();
  });
});
