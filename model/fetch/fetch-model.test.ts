import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EMBEDDED, NAME, ONNX, Place } from './fixtures/attempt.ts';
import { commitOf, sha256 } from './fixtures/hub-server.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

test('a model is fetched complete, verified, tried by the function, and says where it is from', async () => {
  const { error, told, commit, requests } = await place.attempt();
  expect(error).toBeUndefined();
  expect(told).toContain(`${NAME} at ${commit} (main), licence: mit`);
  expect(told).toContain('answers its example with "Berlin"');
  expect(told).toContain(`modelDigest: ${sha256(ONNX)}`);
  for (const [file, content] of Object.entries(EMBEDDED)) place.expectFile(file, content);
  expect(JSON.parse(place.read('source.json').toString())).toMatchObject({ repository: NAME, commit });
  expect(place.siblings()).toEqual([path.basename(place.out)]);
  // All files are of one commit, even if the branch moves in the meantime.
  const resolved = requests.filter(({ path }) => path.includes('/resolve/'));
  expect(resolved.map(({ path }) => path)).toEqual(
    [...TEXT_FILES, ONNX_FILE].map((file) => `/${NAME}/resolve/${commit}/${file}`),
  );
});

test('a model that is here already stays as it is, and is fetched again when one of its files has changed', async () => {
  await place.attempt();
  const again = await place.attempt();
  expect(again.told).toContain('Nothing to do');
  expect(again.requests).toHaveLength(1);

  writeFileSync(path.join(place.out, 'config.json'), '{}');
  expect((await place.attempt()).error).toBeUndefined();
  expect(place.read('config.json')).toEqual(EMBEDDED['config.json']);
});

test('a model that has changed on the hub replaces the former one', async () => {
  await place.attempt();
  const config = Buffer.from(JSON.stringify({ ...JSON.parse(EMBEDDED['config.json']!.toString()), changed: true }));
  const { error } = await place.attempt({ files: { 'config.json': config } });
  expect(error).toBeUndefined();
  expect(place.read('config.json')).toEqual(config);
  expect(place.siblings()).toEqual([path.basename(place.out)]);
});

test('an ONNX file at another path is stored where the function reads it', async () => {
  const { told, error } = await place.attempt({ files: { [ONNX_FILE]: undefined, 'onnx/model.onnx': ONNX } });
  expect(error).toBeUndefined();
  expect(told).toContain('Taking onnx/model.onnx');
  place.expectFile(ONNX_FILE, ONNX);
});

test('a gated model is fetched with the token, which is sent to no other origin', async () => {
  const refused = await place.attempt({ gated: true, token: 'hf_secret' });
  expect(refused.error).toContain(`Expected access to ${NAME}, got 403 (Access to model ${NAME} is restricted)`);
  expect(refused.error).toContain('HF_TOKEN');
  place.expectNoModel();

  const { error, told, requests } = await place.attempt({ gated: true, token: 'hf_secret', sends: 'hf_secret' });
  expect(error).toBeUndefined();
  expect(told).not.toContain('hf_secret');
  const sent = requests.filter(({ authorization }) => authorization !== undefined);
  expect(sent.length).toBeGreaterThan(0);
  expect(requests.find(({ path }) => path === `/${NAME}/${commitOf({ files: EMBEDDED })}/${ONNX_FILE}`)).toMatchObject({
    authorization: undefined,
  });
});
