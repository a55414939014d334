import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Attempt, EMBEDDED, firstTimes, folderForEachTest, ONNX } from './fixtures/attempt.ts';
import { ONNX_FILE } from './model-files.ts';

const folder = folderForEachTest();

describe('refuses, with what to do, and leaves nothing that looks like a model:', () => {
  const other = Buffer.from(ONNX);
  other[1_000_000]! ^= 1;
  const config = (change: object) =>
    Buffer.from(JSON.stringify({ ...JSON.parse(EMBEDDED['config.json']!.toString()), ...change }));
  const without = (...files: string[]) => Object.fromEntries(files.map((file) => [file, undefined]));

  test.each<[string, Attempt, RegExp]>([
    [
      'a file with another digest than the hub has',
      { fault: firstTimes(9, (reply) => reply.send(other)) },
      /to have the digest [0-9a-f]{64}, as the hub says, got [0-9a-f]{64}: what came was thrown away/,
    ],
    [
      'a small file with another digest',
      {
        fault: (stage, file, reply) =>
          stage === 'cache' && file === 'config.json'
            ? reply.send(Buffer.alloc(EMBEDDED['config.json']!.length, ' '))
            : undefined,
      },
      /Expected config.json of somebody\/small-model to have the digest [0-9a-f]{40},/,
    ],
    [
      'more bytes than the hub says',
      { fault: firstTimes(9, (reply) => reply.send(Buffer.concat([ONNX, ONNX]))) },
      /Expected 22\d+ bytes of onnx\/model_quantized.onnx, as the hub says, got 45\d+/,
    ],
    [
      'a name that the hub does not know',
      { repository: 'somebody/else' },
      /Expected a model somebody\/else at http.*got 401 \(Repository not found\)/,
    ],
    [
      'a revision that it does not have',
      { revision: 'v9' },
      /to have a revision "v9", got 404 \(Invalid rev id: v9\). REVISION takes/,
    ],
    [
      'a repository without ONNX',
      { files: { ...without(ONNX_FILE), 'model.safetensors': Buffer.from('') } },
      /got config.json, tokenizer.json, tokenizer_config.json, model.safetensors\. .*Xenova\/small-model or onnx-community\/small-model-ONNX/,
    ],
    [
      'ONNX files of other names only',
      { files: { ...without(ONNX_FILE), 'onnx/model_q4.onnx': ONNX } },
      /got onnx\/model_q4.onnx. Choose one of those: ONNX=onnx\/model_q4.onnx/,
    ],
    [
      'an ONNX file that is not there',
      { onnx: 'onnx/model_fp16.onnx' },
      /to have onnx\/model_fp16.onnx, got onnx\/model_quantized.onnx/,
    ],
    [
      'weights in a file of their own',
      { files: { ...without(ONNX_FILE), 'onnx/model.onnx': ONNX, 'onnx/model.onnx_data': Buffer.from('') } },
      /Expected onnx\/model.onnx .* to hold its weights itself, got them in onnx\/model.onnx_data/,
    ],
    [
      'a vocabulary without tokenizer.json',
      { files: { ...without('tokenizer.json'), 'vocab.txt': Buffer.from('[PAD]') } },
      /got no tokenizer.json. A vocab.txt alone does not do/,
    ],
    [
      'a list that leads out of the repository',
      { files: { '../evil': Buffer.from('') } },
      /a path inside the repository/,
    ],
    [
      'what is no ONNX',
      { files: { [ONNX_FILE]: Buffer.alloc(2_000_000) } },
      /The function cannot load somebody\/small-model: /,
    ],
    [
      'a hub that is none',
      { fault: (stage, _, reply) => (stage === 'api' ? reply.send({ hello: 'world' }) : undefined) },
      /Does HF_ENDPOINT name a hub\?/,
    ],
    [
      'redirects in a circle',
      {
        fault: (stage, _, reply) =>
          stage === 'api' ? reply.redirect('/api/models/somebody/small-model/revision/main') : undefined,
      },
      /at most 5 redirects/,
    ],
  ])('%s', async (_, order, message) => {
    const { error } = await folder.attempt(order);
    expect(error).toMatch(message);
    folder.expectNoModel();
  });

  test.each([
    [{ model_type: 'gpt2' }, /The function cannot load somebody\/small-model: .*"model_type".*got "gpt2"/],
    [
      { architectures: ['BertForMaskedLM'] },
      /cannot load .*ForQuestionAnswering.*"architectures".*got "BertForMaskedLM"/,
    ],
  ])('a model that the function does not support, before the large file is asked for: %j', async (change, message) => {
    const { error, requests } = await folder.attempt({ files: { 'config.json': config(change) } });
    expect(error).toMatch(message);
    expect(requests.filter(({ path }) => path.includes('.onnx'))).toEqual([]);
    folder.expectNoModel();
  });

  test('a folder that somebody else made', async () => {
    mkdirSync(folder.out, { recursive: true });
    writeFileSync(path.join(folder.out, 'thesis.txt'), 'years of work');
    const { error } = await folder.attempt();
    expect(error).toContain('got one with other files. Name another: OUT=FOLDER');
    expect(readFileSync(path.join(folder.out, 'thesis.txt'), 'utf8')).toBe('years of work');
  });
});
