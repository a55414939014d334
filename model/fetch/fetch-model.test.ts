import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyReply } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkByFunction } from './check.ts';
import { fetchModel, type Order } from './fetch-model.ts';
import {
  commitOf,
  type Fault,
  filesOf,
  type HubServerOptions,
  type Repository,
  sha256,
  startHubServer,
} from './fixtures/hub-server.ts';
import { createHub } from './hub.ts';
import { ONNX_FILE, TEXT_FILES } from './model-files.ts';

const NAME = 'somebody/small-model';
const EMBEDDED = filesOf('model', [...TEXT_FILES, ONNX_FILE]);
const ONNX = EMBEDDED[ONNX_FILE]!;

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'fetch-'));
  out = path.join(folder, NAME);
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Attempt extends Partial<Order>, Partial<Omit<HubServerOptions, 'repositories'>> {
  repository?: string;
  files?: Record<string, Buffer | undefined>;
  gated?: boolean;
  /** What the client sends, where the server's `token` opens what is gated. */
  sends?: string;
  idleMs?: number;
}

/** Fetches from a hub of its own, with little patience. */
async function attempt({ files, gated, sends, idleMs = 10_000, token, fault, ...order }: Attempt = {}) {
  const present = Object.entries({ ...EMBEDDED, ...files }).filter(
    (entry): entry is [string, Buffer] => entry[1] !== undefined,
  );
  const repository: Repository = { files: Object.fromEntries(present), license: 'mit', gated };
  await using server = await startHubServer({ repositories: { [NAME]: repository }, token, fault });
  const told: string[] = [];
  const retries: string[] = [];
  const outcome = await fetchModel(
    { repository: NAME, revision: 'main', out, ...order },
    {
      hub: createHub({ endpoint: new URL(server.url), token: sends, idleMs }),
      check: checkByFunction,
      progress: () => ({ at: () => {}, end: () => {} }),
      retry: { attempts: 3, baseMs: 1, note: (line) => retries.push(line) },
      tell: (line) => told.push(line),
    },
  ).then(
    () => undefined,
    (error: Error) => error,
  );
  if (outcome !== undefined && outcome.name !== 'FetchError' && outcome.name !== 'TransientError') throw outcome;
  return {
    error: outcome?.message,
    told: told.join('\n'),
    retries,
    requests: server.requests,
    server,
    commit: commitOf(repository),
  };
}

/** Nothing that anybody would take for a model: neither the folder nor an ONNX file elsewhere. */
function expectNoModel() {
  expect(existsSync(out)).toBe(false);
  const left = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]) : [];
  expect(left.filter((file) => file.endsWith('.onnx'))).toEqual([]);
}

/** A file of the model that was fetched. */
function expectFile(file: string, content: Buffer) {
  expect(sha256(readFileSync(path.join(out, file))), file).toBe(sha256(content));
}

/** Sends the beginning of a file as if it were all of it to come, and hangs up. */
function breakOff(reply: FastifyReply, content: Buffer, after: number): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(200, { 'content-length': content.length });
  reply.raw.write(content.subarray(0, after), () => reply.raw.destroy());
  return reply;
}

/** A fault of the ONNX file's first so many downloads. */
function firstTimes(times: number, fault: (reply: FastifyReply) => unknown): Fault {
  let seen = 0;
  return (stage, file, reply) =>
    stage === 'cache' && file.endsWith('.onnx') && seen++ < times ? fault(reply) : undefined;
}

describe('a model of the hub', () => {
  test('is fetched whole, verified, tried out by the function, and says where it is from', async () => {
    const { error, told, commit, requests } = await attempt();
    expect(error).toBeUndefined();
    expect(told).toContain(`${NAME} at ${commit} (main), licence: mit`);
    expect(told).toContain('answers its example with "Berlin"');
    expect(told).toContain(`modelDigest: ${sha256(ONNX)}`);
    for (const [file, content] of Object.entries(EMBEDDED)) expectFile(file, content);
    expect(JSON.parse(readFileSync(path.join(out, 'source.json'), 'utf8'))).toMatchObject({ repository: NAME, commit });
    expect(readdirSync(path.dirname(out))).toEqual([path.basename(out)]);
    // Whatever the branch becomes meanwhile, all files are of one commit.
    const resolved = requests.filter(({ path }) => path.includes('/resolve/'));
    expect(resolved.map(({ path }) => path)).toEqual(
      [...TEXT_FILES, ONNX_FILE].map((file) => `/${NAME}/resolve/${commit}/${file}`),
    );
  });

  test('that is here already is left alone, and fetched anew when a file of it is not what it was', async () => {
    await attempt();
    const again = await attempt();
    expect(again.told).toContain('Nothing to do');
    expect(again.requests).toHaveLength(1);

    writeFileSync(path.join(out, 'config.json'), '{}');
    expect((await attempt()).error).toBeUndefined();
    expect(readFileSync(path.join(out, 'config.json'))).toEqual(EMBEDDED['config.json']);
  });

  test('that has changed takes the place of the former one', async () => {
    await attempt();
    const config = Buffer.from(JSON.stringify({ ...JSON.parse(EMBEDDED['config.json']!.toString()), changed: true }));
    const { error } = await attempt({ files: { 'config.json': config } });
    expect(error).toBeUndefined();
    expect(readFileSync(path.join(out, 'config.json'))).toEqual(config);
    expect(readdirSync(path.dirname(out))).toEqual([path.basename(out)]);
  });

  test('may have its ONNX file elsewhere: it lies where the function reads it', async () => {
    const { told, error } = await attempt({ files: { [ONNX_FILE]: undefined, 'onnx/model.onnx': ONNX } });
    expect(error).toBeUndefined();
    expect(told).toContain('Taking onnx/model.onnx');
    expectFile(ONNX_FILE, ONNX);
  });

  test('that is gated is fetched with the token, which no other origin gets to see', async () => {
    const refused = await attempt({ gated: true, token: 'hf_secret' });
    expect(refused.error).toContain(`Expected access to ${NAME}, got 403 (Access to model ${NAME} is restricted)`);
    expect(refused.error).toContain('HF_TOKEN');
    expectNoModel();

    const { error, told, requests, server } = await attempt({ gated: true, token: 'hf_secret', sends: 'hf_secret' });
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

describe('tries again, and goes on where it broke off', () => {
  test('after an answer of 503', async () => {
    const { error, retries } = await attempt({ fault: firstTimes(2, (reply) => reply.code(503).send()) });
    expect(error).toBeUndefined();
    expect(retries).toHaveLength(2);
    expect(retries[0]).toMatch(/got 503; attempt 2 of 3 in/);
  });

  test('after a body that was cut short', async () => {
    const { error, retries, requests } = await attempt({
      fault: firstTimes(1, (reply) => breakOff(reply, ONNX, 5_000_000)),
    });
    expect(error).toBeUndefined();
    expect(retries[0]).toContain('The download broke off');
    expect(requests.map(({ range }) => range)).toContainEqual(expect.stringMatching(/^bytes=[1-9]\d*-$/));
  });

  test('after a silence', async () => {
    const silent = firstTimes(1, (reply) => {
      reply.hijack();
      return reply;
    });
    const { error, retries } = await attempt({ idleMs: 300, fault: silent });
    expect(error).toBeUndefined();
    expect(retries[0]).toMatch(/Nothing came from .* for 0.3 s/);
  });

  test('in the next run, after all attempts of the first', async () => {
    const first = await attempt({ fault: firstTimes(9, (reply) => breakOff(reply, ONNX, 1_000_000)) });
    expect(first.error).toContain('The download broke off');
    expectNoModel();

    const second = await attempt();
    expect(second.error).toBeUndefined();
    expect(second.requests.filter(({ path }) => path.includes('/resolve/')).map(({ range }) => range)).toEqual([
      expect.stringMatching(/^bytes=[1-9]\d*-$/),
    ]);
    expectFile(ONNX_FILE, ONNX);
  });

  test('anew, where what it went on with was something else', async () => {
    await attempt({ fault: firstTimes(9, (reply) => breakOff(reply, Buffer.alloc(ONNX.length), 1_000_000)) });
    const { error, retries } = await attempt();
    expect(error).toBeUndefined();
    expect(retries).toEqual([expect.stringContaining('what came was thrown away')]);
  });

  test.each([401, 404, 500])('but not without end, nor where it is of no use: %i', async (status) => {
    const { error, retries } = await attempt({
      fault: (stage, _, reply) => (stage === 'api' ? reply.code(status).send() : undefined),
    });
    expect(error).toContain(`got ${status}`);
    expect(retries).toHaveLength(status === 500 ? 2 : 0);
  });
});

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
    const { error } = await attempt(order);
    expect(error).toMatch(message);
    expectNoModel();
  });

  test('a kind of model that the function does not support, before the large file is asked for', async () => {
    const { error, requests } = await attempt({ files: { 'config.json': config({ model_type: 'gpt2' }) } });
    expect(error).toMatch(/The function cannot load somebody\/small-model: .*"model_type".*got "gpt2"/);
    expect(requests.filter(({ path }) => path.includes('.onnx'))).toEqual([]);
    expectNoModel();
  });

  test('a folder that somebody else made', async () => {
    mkdirSync(out, { recursive: true });
    writeFileSync(path.join(out, 'thesis.txt'), 'years of work');
    const { error } = await attempt();
    expect(error).toContain('got one with other files. Name another: OUT=FOLDER');
    expect(readFileSync(path.join(out, 'thesis.txt'), 'utf8')).toBe('years of work');
  });
});
