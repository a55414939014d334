import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Command, FREE_PORTS, type Project, project } from './fixtures/command.ts';

/** What Lambda gives to functions and extensions. */
const TO_BOTH = [
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LANG',
  'LD_LIBRARY_PATH',
  'PATH',
  'TZ',
];
const TO_FUNCTION = [
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_XRAY_CONTEXT_MISSING',
  'LAMBDA_TASK_ROOT',
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
];
/** What tells where the local counterparts of S3, /tmp and so on are. */
const LOCAL = ['AGENT_FOLDER', 'AGENT_PORT', 'AWS_ENDPOINT_URL_S3', 'HOME', 'TMPDIR'];
const OF_TEMPLATE = ['ARCHIVE'];

let place: Project;
let emulator: Command;
beforeEach(async () => {
  place = project();
  place.addExtension('timely');
  const home = path.join(place.folder, 'home');
  mkdirSync(path.join(home, '.aws'), { recursive: true });
  writeFileSync(path.join(home, '.aws', 'config'), '[default]\nregion = eu-north-1\n');
  // A person with a profile, a proxy, a shell that has been set up, and an npm that has started all of it.
  const env = {
    HOME: home,
    USER: 'somebody',
    SHELL: '/bin/zsh',
    PATH: `${home}/bin:/opt/homebrew/bin`,
    LANG: 'de_DE.UTF-8',
    LC_ALL: 'C',
    TZ: 'Asia/Tokyo',
    LD_LIBRARY_PATH: `${home}/lib`,
    AWS_PROFILE: 'production',
    AWS_REGION: 'eu-north-1',
    AWS_ENDPOINT_URL: 'https://example.com',
    HTTPS_PROXY: 'http://127.0.0.1:1',
    HTTP_PROXY: 'http://127.0.0.1:1',
    NODE_ENV: 'test',
    npm_config_registry: 'http://127.0.0.1:1',
    npm_lifecycle_event: 'start',
    ARCHIVE: 'of somebody',
  };
  emulator = place.start([...FREE_PORTS, '--env', 'FROM_FLAG=yes'], { env });
  await emulator.ready();
});
afterEach(async () => {
  emulator.child.kill('SIGINT');
  await emulator.ended;
  place[Symbol.dispose]();
});

async function described() {
  const url = `${emulator.address('Lambda')}/2015-03-31/functions/Orders/invocations`;
  const response = await fetch(url, { method: 'POST', body: '{"behaviour":"describe"}' });
  return (await response.json()) as { variables: Record<string, string>; home: string; workingFolder: string };
}

test('the function gets what Lambda, the template and the flags give it, and nothing of the environment of the user', async () => {
  const { variables, home, workingFolder } = await described();
  expect(Object.keys(variables).sort()).toEqual(
    [...TO_BOTH, ...TO_FUNCTION, ...LOCAL, ...OF_TEMPLATE, 'FROM_FLAG'].sort(),
  );
  expect(variables).toMatchObject({ LANG: 'en_US.UTF-8', TZ: ':UTC', AWS_REGION: 'us-east-1', FROM_FLAG: 'yes' });
  expect(variables['PATH']).toBe(`${path.dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/opt/bin`);
  expect(variables['LD_LIBRARY_PATH']).not.toContain(place.folder);
  expect(home).toBe('/home/sbx_user1051');
  expect(workingFolder).toBe(variables['LAMBDA_TASK_ROOT']);
});

test('an extension gets the same, less what belongs to the handler, its log and X-Ray', async () => {
  const variables = JSON.parse(place.note('timely', 'variables')) as Record<string, string>;
  expect(Object.keys(variables).sort()).toEqual([...TO_BOTH, ...LOCAL, ...OF_TEMPLATE, 'FROM_FLAG'].sort());
  expect(variables).toMatchObject({ HOME: '/home/sbx_user1051', FROM_FLAG: 'yes' });
  expect(place.note('timely', 'folder')).toBe('/');
});
