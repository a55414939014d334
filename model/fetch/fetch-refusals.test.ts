import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AttemptOptions, EMBEDDED, firstTimes, ONNX, Place } from './fixtures/attempt.ts';
import { ONNX_FILE } from './model-files.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const changedOnnx = Buffer.from(ONNX);
changedOnnx[1_000_000]! ^= 1;
const config = (change: object) =>
  Buffer.from(JSON.stringify({ ...JSON.parse(EMBEDDED['config.json']!.toString()), ...change }));
const without = (...files: string[]) => Object.fromEntries(files.map((file) => [file, undefined]));

test.each<[string, AttemptOptions, RegExp]>([
  [
    'a file whose digest is not the one that the hub names',
    { fault: firstTimes(9, (reply) => reply.send(changedOnnx)) },
    /to have the digest [0-9a-f]{64}, as the hub says, got [0-9a-f]{64}: the download was removed/,
  ],
  [
    'a small file whose digest is not the one that the hub names',
    {
      fault: (stage, file, reply) =>
        stage === 'cache' && file === 'config.json'
          ? reply.send(Buffer.alloc(EMBEDDED['config.json']!.length, ' '))
          : undefined,
    },
    /Expected config.json of somebody\/small-model to have the digest [0-9a-f]{40},/,
  ],
  [
    'a file with more bytes than the hub says',
    { fault: firstTimes(9, (reply) => reply.send(Buffer.concat([ONNX, ONNX]))) },
    /Expected 22\d+ bytes of onnx\/model_quantized.onnx, as the hub says, got 45\d+/,
  ],
  [
    'a name that the hub does not know',
    { repository: 'somebody/else' },
    /Expected a model somebody\/else at http.*got 401 \(Repository not found\)/,
  ],
  [
    'a revision that the repository does not have',
    { revision: 'v9' },
    /to have a revision "v9", got 404 \(Invalid rev id: v9\). REVISION takes/,
  ],
  [
    'a repository without ONNX',
    { files: { ...without(ONNX_FILE), 'model.safetensors': Buffer.from('') } },
    /got config.json, tokenizer.json, tokenizer_config.json, model.safetensors\. .*Xenova\/small-model or onnx-community\/small-model-ONNX/,
  ],
  [
    'a repository with ONNX files of other names only',
    { files: { ...without(ONNX_FILE), 'onnx/model_q4.onnx': ONNX } },
    /got onnx\/model_q4.onnx. Choose one of those: ONNX=onnx\/model_q4.onnx/,
  ],
  [
    'an ONNX file that the repository does not have',
    { onnx: 'onnx/model_fp16.onnx' },
    /to have onnx\/model_fp16.onnx, got onnx\/model_quantized.onnx/,
  ],
  [
    'a model whose weights are in a separate file',
    { files: { ...without(ONNX_FILE), 'onnx/model.onnx': ONNX, 'onnx/model.onnx_data': Buffer.from('') } },
    /Expected onnx\/model.onnx .* to hold its weights itself, got them in onnx\/model.onnx_data/,
  ],
  [
    'a repository with a vocabulary and no tokenizer.json',
    { files: { ...without('tokenizer.json'), 'vocab.txt': Buffer.from('[PAD]') } },
    /got no tokenizer.json. A vocab.txt alone is not enough/,
  ],
  [
    'a file list that leads out of the repository',
    { files: { '../evil': Buffer.from('') } },
    /a path inside the repository/,
  ],
  [
    'a file that is not ONNX',
    { files: { [ONNX_FILE]: Buffer.alloc(2_000_000) } },
    /The function cannot load somebody\/small-model: /,
  ],
  [
    'an address that is not a hub',
    { fault: (stage, _, reply) => (stage === 'api' ? reply.send({ hello: 'world' }) : undefined) },
    /Does HF_ENDPOINT name a hub\?/,
  ],
  [
    'a circle of redirects',
    {
      fault: (stage, _, reply) =>
        stage === 'api' ? reply.redirect('/api/models/somebody/small-model/revision/main') : undefined,
    },
    /at most 5 redirects/,
  ],
])('%s is refused, with what to do, and leaves nothing that looks like a model', async (_, options, message) => {
  const { error } = await place.attempt(options);
  expect(error).toMatch(message);
  place.expectNoModel();
});

test('a type of model that the function does not support is refused before the large file is requested', async () => {
  const { error, requests } = await place.attempt({ files: { 'config.json': config({ model_type: 'gpt2' }) } });
  expect(error).toMatch(/The function cannot load somebody\/small-model: .*"model_type".*got "gpt2"/);
  expect(requests.filter(({ path }) => path.includes('.onnx'))).toEqual([]);
  place.expectNoModel();
});

test('a folder with other files is refused, and stays as it is', async () => {
  mkdirSync(place.out, { recursive: true });
  writeFileSync(path.join(place.out, 'thesis.txt'), 'years of work');
  const { error } = await place.attempt();
  expect(error).toContain('got a folder with other files. Name another: OUT=FOLDER');
  expect(place.read('thesis.txt').toString()).toBe('years of work');
});
