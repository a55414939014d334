import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSwitch } from '../capture/variables.ts';
import type { Answers } from '../harness/extensions-api.ts';
import { launcher, lines, opt, SHELLS, start, where } from './fixtures/launched.ts';

/** A PATH on which there is nothing but this. */
function only(tool: string): string {
  fs.symlinkSync(where(tool)!, path.join(opt, 'bin', tool === 'busybox' ? 'wget' : tool));
  return path.join(opt, 'bin');
}

const ADVICE = 'Add Node 20.16 or newer to the image, or take the layer with a Node of its own';
const ARGUMENTS = ['inference-capture', 'this image has no Node'];
/** Tools that such an image may have; BusyBox's is called wget as well. */
const WAYS = ['curl', 'bash', 'wget', 'busybox'].filter(where);

describe.each(SHELLS)('in an image without Node, under %s', (tool, ...args) => {
  const shell = [where(tool)!, ...args];
  const withoutNode = () => [...shell, path.join(opt, 'inference-capture/without-node.sh'), ...ARGUMENTS];

  test('the launcher leaves it at that', async () => {
    const started = await start({ PATH: only('curl') }, [...shell, launcher()]);
    await started.lambda.asked(1);
    expect(started.lambda.requests[0]!.headers['lambda-extension-name']).toBe('inference-capture');
    expect(lines(started)).toMatchObject([{ message: `this image has no Node: no record is captured. ${ADVICE}` }]);
  });

  test.each(WAYS)('it registers for the end, waits for it, and ends: by %s', async (way) => {
    const started = await start({ PATH: only(way) }, withoutNode());
    const { lambda, exited } = started;
    await lambda.asked(1);
    expect(lambda.routes).toEqual(['POST /register', 'GET /event/next']);
    const [register, next] = lambda.requests;
    expect(register!.headers).toMatchObject({
      'lambda-extension-name': 'inference-capture',
      'content-type': 'application/json',
    });
    expect(JSON.parse(register!.body)).toEqual({ events: ['SHUTDOWN'] });
    expect(next!.headers['lambda-extension-identifier']).toBe('an-identifier');
    lambda.shutdown();
    expect(await exited).toBe(0);
    expect(lines(started)).toEqual([
      {
        level: 'ERROR',
        source: 'inference-capture',
        message: `this image has no Node: no record is captured. ${ADVICE}`,
      },
    ]);
  });

  test.each(WAYS)('with CAPTURE_FAIL_CLOSED it says why, and the function does not start: by %s', async (way) => {
    const { lambda, exited } = await start({ PATH: only(way), CAPTURE_FAIL_CLOSED: 'TRUE' }, withoutNode());
    expect(await exited).toBe(1);
    expect(lambda.routes).toEqual(['POST /register', 'POST /init/error']);
    const told = lambda.requests[1]!;
    expect(told.headers['lambda-extension-function-error-type']).toBe('Extension.NodeMissing');
    expect(told.headers['lambda-extension-identifier']).toBe('an-identifier');
    expect(JSON.parse(told.body)).toMatchObject({ errorType: 'Extension.NodeMissing' });
  });

  test.each(['TRUE', 'yes', ' on ', 'ture', '2', '0 0', '', '0', 'False', 'NO', '\toff ', undefined])(
    'a switch is read as everywhere else: CAPTURE_FAIL_CLOSED=%s',
    async (text) => {
      const env = { PATH: only('curl'), ...(text !== undefined && { CAPTURE_FAIL_CLOSED: text }) };
      const { lambda, exited } = await start(env, withoutNode());
      if (readSwitch(text) === false) await lambda.asked(1);
      else expect(await exited).toBe(1);
    },
  );

  test('switched off, it is no error that nothing is captured', async () => {
    const started = await start({ PATH: only('curl'), CAPTURE_DISABLED: 'On' }, withoutNode());
    await started.lambda.asked(1);
    expect(lines(started)).toMatchObject([{ level: 'INFO', message: expect.stringMatching(/^CAPTURE_DISABLED/) }]);
  });

  test('a proxy of the function is not asked for what is on this machine', async () => {
    const proxy = 'http://127.0.0.1:1';
    const { lambda } = await start(
      { PATH: only('curl'), http_proxy: proxy, HTTP_PROXY: proxy, ALL_PROXY: proxy },
      withoutNode(),
    );
    await lambda.asked(1);
  });

  test('one that Lambda refuses stays, because its exit would be the end of the environment', async () => {
    const sleep = `#!/bin/sh\necho '"slept"'\nexec ${where('sleep')} 0.01\n`;
    fs.writeFileSync(path.join(opt, 'bin/sleep'), sleep, { mode: 0o755 });
    const refused: Answers = { 'POST /register': [403, { errorType: 'Extension.TooManyExtensions' }] };
    const started = await start({ PATH: only('bash') }, withoutNode(), refused);
    while (lines(started).length < 3) await once(started.child.stdout!, 'data');
    expect(started.lambda.routes).toEqual(['POST /register']);
  });

  test('where nothing speaks HTTP it says so and ends: the environment cannot be helped', async () => {
    const started = await start({ PATH: path.join(opt, 'bin') }, tool === 'bash' ? [launcher()] : withoutNode());
    expect(await started.exited).toBe(1);
    expect(lines(started)).toMatchObject([
      { level: 'ERROR', message: expect.stringMatching(/^this image has no Node, and nothing here speaks HTTP/) },
    ]);
  });
});
