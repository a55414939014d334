import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { EMBEDDED, folderForEachTest, NAME, ONNX } from './fixtures/attempt.ts';
import { commitOf, sha256 } from './fixtures/hub-server.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';

const folder = folderForEachTest();

describe('a model of the hub', () => {
  test('is fetched whole, verified, tried out by the function, and says where it is from', async () => {
    const { error, told, commit, requests } = await folder.attempt();
    expect(error).toBeUndefined();
    expect(told).toContain(`${NAME} at ${commit} (main), licence: mit`);
    expect(told).toContain('answers its example with "Berlin"');
    expect(told).toContain(`modelDigest: ${sha256(ONNX)}`);
    for (const [file, content] of Object.entries(EMBEDDED)) folder.expectFile(file, content);
    expect(JSON.parse(readFileSync(path.join(folder.out, 'source.json'), 'utf8'))).toMatchObject({
      repository: NAME,
      commit,
    });
    expect(readdirSync(path.dirname(folder.out))).toEqual([path.basename(folder.out)]);
    // Whatever the branch becomes meanwhile, all files are of one commit.
    const resolved = requests.filter(({ path }) => path.includes('/resolve/'));
    expect(resolved.map(({ path }) => path)).toEqual(
      [...TEXT_FILES, ONNX_FILE].map((file) => `/${NAME}/resolve/${commit}/${file}`),
    );
  });

  test('that is here already is left alone, and fetched anew when a file of it is not what it was', async () => {
    await folder.attempt();
    const again = await folder.attempt();
    expect(again.told).toContain('Nothing to do');
    expect(again.requests).toHaveLength(1);

    writeFileSync(path.join(folder.out, 'config.json'), '{}');
    expect((await folder.attempt()).error).toBeUndefined();
    expect(readFileSync(path.join(folder.out, 'config.json'))).toEqual(EMBEDDED['config.json']);
  });

  test('that has changed takes the place of the former one', async () => {
    await folder.attempt();
    const config = Buffer.from(JSON.stringify({ ...JSON.parse(EMBEDDED['config.json']!.toString()), changed: true }));
    const { error } = await folder.attempt({ files: { 'config.json': config } });
    expect(error).toBeUndefined();
    expect(readFileSync(path.join(folder.out, 'config.json'))).toEqual(config);
    expect(readdirSync(path.dirname(folder.out))).toEqual([path.basename(folder.out)]);
  });

  test('may have its ONNX file elsewhere: it lies where the function reads it', async () => {
    const { told, error } = await folder.attempt({ files: { [ONNX_FILE]: undefined, 'onnx/model.onnx': ONNX } });
    expect(error).toBeUndefined();
    expect(told).toContain('Taking onnx/model.onnx');
    folder.expectFile(ONNX_FILE, ONNX);
  });

  test('that is gated is fetched with the token, which no other origin gets to see', async () => {
    const refused = await folder.attempt({ gated: true, token: 'hf_secret' });
    expect(refused.error).toContain(`Expected access to ${NAME}, got 403 (Access to model ${NAME} is restricted)`);
    expect(refused.error).toContain('HF_TOKEN');
    folder.expectNoModel();

    const { error, told, requests, server } = await folder.attempt({
      gated: true,
      token: 'hf_secret',
      sends: 'hf_secret',
    });
    expect(error).toBeUndefined();
    expect(told).not.toContain('hf_secret');
    const sent = requests.filter(({ authorization }) => authorization !== undefined);
    expect(sent.length).toBeGreaterThan(0);
    expect(
      requests.find(({ path }) => path === `/${NAME}/${commitOf({ files: EMBEDDED })}/${ONNX_FILE}`),
    ).toMatchObject({
      authorization: undefined,
    });
    expect(server.url).toContain('127.0.0.1');
  });
});
