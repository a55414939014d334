import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { environments, processState, until } from '../fixtures/environment.ts';

interface Described {
  pid: number;
  logStreamName: string;
  variables: Record<string, string>;
}

const alive = (pid: number) => processState(pid) !== undefined;

test.skipIf(!existsSync('/proc/self/stat'))(
  'two environments of one function work at the same time, and share nothing (needs /proc)',
  async () => {
    await using made = await environments(2, { extensions: ['serves-until-go'], timeoutMs: 60_000 });
    const [first, second] = made.all;
    const invoke = async ({ environment }: (typeof made.all)[number]) => {
      const { payload } = await environment.invoke({ payload: Buffer.from('{"behaviour":"describe"}') }).answered;
      return JSON.parse(String(payload)) as Described;
    };
    expect(await Promise.all(made.all.map(({ environment }) => environment.init()))).toEqual([undefined, undefined]);
    const answers = await Promise.all(made.all.map(invoke));

    // Folders, ports, log streams, addresses of the Runtime API, and processes.
    for (const name of ['TMPDIR', 'AGENT_FOLDER', 'AGENT_PORT', 'AWS_LAMBDA_RUNTIME_API']) {
      expect(new Set(answers.map(({ variables }) => variables[name])).size, name).toBe(2);
    }
    expect(new Set(answers.map(({ logStreamName }) => logStreamName)).size).toBe(2);
    expect(new Set(answers.map(({ pid }) => pid)).size).toBe(2);
    expect(answers.map(({ variables }) => variables['TMPDIR'])).toEqual(made.all.map(({ tmp }) => tmp));

    // Both extensions listen at once, each on its own port.
    for (const { ports, tmp } of made.all) {
      expect(await (await fetch(`http://127.0.0.1:${ports['Agent']}`)).text()).toBe(tmp);
    }

    // The first invocation ends: its environment freezes, and the other one goes on.
    const pids = made.all.map(({ note }, i) => [answers[i]!.pid, Number(note('serves-until-go', 'pid'))]);
    first!.give('serves-until-go', 'go');
    await until(() => pids[0]!.every((pid) => processState(pid) === 'T'), 'the first environment frozen');
    expect(pids[1]!.map(processState)).not.toContain('T');
    expect(first!.log.filter((line) => line.startsWith('REPORT'))).toHaveLength(1);
    expect(second!.log.filter((line) => line.startsWith('REPORT'))).toEqual([]);

    // The first one is shut down, and the other one finishes what it works on.
    await first!.environment.close();
    expect(pids[0]!.some(alive)).toBe(false);
    expect(pids[1]!.every(alive)).toBe(true);
    expect(first!.note('serves-until-go', 'log')).toMatch(/^INVOKE\nSHUTDOWN spindown\n/);
    expect(second!.note('serves-until-go', 'log')).toBe('INVOKE\n');
    second!.give('serves-until-go', 'go');
    await until(() => pids[1]!.every((pid) => processState(pid) === 'T'), 'the second environment frozen');
  },
);
