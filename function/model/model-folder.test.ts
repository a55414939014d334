import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openModelFolder } from './model-folder.ts';
import { ModelFolderError } from './supported-models.ts';

const TINY = 'test/oracles/huggingface/models';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'model-'));
  return () => rm(folder, { recursive: true });
});

/** What comes of reading a model after its files were changed: objects are merged into what a file holds. */
async function changed(model: string, files: Record<string, string | object>): Promise<unknown> {
  await cp(model, folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    const text =
      typeof content === 'string' ? content : JSON.stringify(merged(JSON.parse(await readFile(file, 'utf8')), content));
    await writeFile(file, text);
  }
  return openModelFolder(folder).catch((error: unknown) => error);
}

function merged(into: Record<string, unknown>, content: object): object {
  for (const [key, value] of Object.entries(content)) {
    const known = into[key];
    const both = [known, value].every((each) => typeof each === 'object' && each !== null && !Array.isArray(each));
    into[key] = both ? merged(known as Record<string, unknown>, value as object) : value;
  }
  return into;
}

test.each([
  ['model', 512, 512, 'WordPiece'],
  [`${TINY}/minilm`, 256, 256, 'WordPiece'],
  [`${TINY}/roberta`, 512, 512, 'BPE'],
])('%s is read: %i positions, %i tokens, %s', async (model, maxPositions, modelMaxLength, type) => {
  const { settings } = await openModelFolder(model);
  expect(settings).toMatchObject({ maxPositions, modelMaxLength, tokenizer: { type } });
});

test.each([
  [{ architectures: ['BertForQuestionAnswering'] }],
  [{ architectures: ['BertForMaskedLM', 'BertForQuestionAnswering'] }],
  [{ architectures: [] }],
  [{ architectures: null }],
])('a model whose config.json has %j is for question answering', async (config) => {
  expect(await changed('model', { 'config.json': config })).toMatchObject({ settings: { task: 'question-answering' } });
});

test('a model whose config.json names no architecture is for question answering', async () => {
  const { settings } = await openModelFolder(`${TINY}/minilm`);
  expect(settings.config['architectures']).toBeUndefined();
  expect(settings.task).toBe('question-answering');
});

test('the special tokens of a sequence are those of the file', async () => {
  const token = (id: number, type = 0) => ({ id, type });
  expect((await openModelFolder('model')).settings.sequences).toEqual({
    single: { before: [token(101)], type: 0, after: [token(102)] },
    pair: { before: [token(101)], firstType: 0, between: [token(102)], secondType: 1, after: [token(102, 1)] },
  });
  expect((await openModelFolder(`${TINY}/roberta`)).settings.sequences).toEqual({
    single: { before: [token(0)], type: 0, after: [token(2)] },
    pair: { before: [token(0)], firstType: 0, between: [token(2), token(2)], secondType: 0, after: [token(2)] },
  });
});

test('tokenizer_config.json overrules tokenizer.json, as in Python', async () => {
  expect(
    await changed('model', { 'tokenizer_config.json': { do_lower_case: false, strip_accents: true } }),
  ).toMatchObject({
    settings: { tokenizer: { normalizer: { lowercase: false, strip_accents: true } } },
  });
  expect(await changed(`${TINY}/roberta`, { 'tokenizer_config.json': { add_prefix_space: true } })).toMatchObject({
    settings: { tokenizer: { addPrefixSpace: true, keepsFirstSpace: true } },
  });
});

test('the error of a missing folder names it, with what to do', async () => {
  await expect(openModelFolder('/nowhere')).rejects.toThrow(
    /Expected a readable file .+ in the model folder \/nowhere, got ENOENT\. Let MODEL_DIR name/,
  );
});

test('a file that is not JSON is refused', async () => {
  expect(String(await changed('model', { 'config.json': '{' }))).toMatch(/Expected JSON in .+config\.json/);
});

const BERT = 'model';
const ROBERTA = `${TINY}/roberta`;
test.each([
  ['another type of model', BERT, 'config.json', { model_type: 't5' }, '"model_type" in', '"t5"'],
  [
    'a model for no task',
    BERT,
    'config.json',
    { architectures: ['BertForMaskedLM'] },
    '"architectures" in',
    '"BertForMaskedLM"',
  ],
  ['no list of tasks', BERT, 'config.json', { architectures: 'BertModel' }, '"architectures" in', '"BertModel"'],
  ['no positions', BERT, 'config.json', '{"model_type":"bert"}', '"max_position_embeddings" in', 'undefined'],
  ['no tokenizer', BERT, 'tokenizer.json', '{}', '"model" in', 'undefined'],
  ['SentencePiece', BERT, 'tokenizer.json', { model: { type: 'Unigram' } }, '"model.type" in', '"Unigram"'],
  ['another normaliser', BERT, 'tokenizer.json', { normalizer: { type: 'NFC' } }, '"normalizer.type" in', '"NFC"'],
  ['bytes of a BERT', ROBERTA, 'config.json', { model_type: 'bert' }, '"model.type" in', '"BPE"'],
  [
    'another split',
    ROBERTA,
    'tokenizer.json',
    { pre_tokenizer: { type: 'Sequence' } },
    '"pre_tokenizer.type" in',
    '"Sequence"',
  ],
  ['a normaliser for bytes', ROBERTA, 'tokenizer.json', { normalizer: { type: 'NFC' } }, '"normalizer" in', 'Object'],
  [
    'another split of bytes',
    ROBERTA,
    'tokenizer.json',
    { pre_tokenizer: { use_regex: false } },
    '"pre_tokenizer.use_regex" in',
    'false',
  ],
  [
    'a suffix of words',
    ROBERTA,
    'tokenizer.json',
    { model: { end_of_word_suffix: '</w>' } },
    '"model.end_of_word_suffix" in',
    '"</w>"',
  ],
  [
    'bytes without characters',
    ROBERTA,
    'tokenizer.json',
    { model: { type: 'BPE', vocab: [] } },
    '"model.vocab" in',
    'Map',
  ],
  [
    'merges of three',
    ROBERTA,
    'tokenizer.json',
    { model: { merges: [['a', 'b', 'c']] } },
    '"model.merges" in',
    'Array',
  ],
  [
    'another sequence',
    ROBERTA,
    'tokenizer.json',
    { post_processor: { type: 'ByteLevel' } },
    '"post_processor.type" in',
    '"ByteLevel"',
  ],
  ['no context in it', BERT, 'tokenizer.json', { post_processor: { pair: [] } }, '"post_processor" in', 'Object'],
  [
    'a token of words',
    ROBERTA,
    'tokenizer.json',
    { added_tokens: [{ id: 1, content: 'a', single_word: true }] },
    '"added_tokens.0.single_word" in',
    'true',
  ],
  [
    'another class',
    BERT,
    'tokenizer_config.json',
    { tokenizer_class: 'MPNetTokenizer' },
    '"tokenizer_class" in',
    '"MPNetTokenizer"',
  ],
  [
    'the class of another',
    ROBERTA,
    'tokenizer_config.json',
    { tokenizer_class: 'BertTokenizerFast' },
    '"tokenizer_class" in',
    '"BertTokenizer"',
  ],
  ['another first token', BERT, 'tokenizer_config.json', { cls_token: '<s>' }, '"cls_token" in', '"<s>"'],
  [
    'no first token',
    BERT,
    'tokenizer_config.json',
    { tokenizer_class: 'PreTrainedTokenizerFast', cls_token: null },
    '"cls_token" in',
    'none',
  ],
  ['padding on the left', BERT, 'tokenizer_config.json', { padding_side: 'left' }, '"padding_side" in', '"left"'],
  ['offsets with spaces', ROBERTA, 'tokenizer_config.json', { trim_offsets: false }, '"trim_offsets" in', 'false'],
])('%s is refused: where, what came, what is supported', async (_, model, file, change, where, got) => {
  const error = await changed(model, { [file]: change });
  expect(error).toBeInstanceOf(ModelFolderError);
  const { message } = error as Error;
  expect(message).toMatch(/^Expected \S.* at /);
  expect(message).toContain(`at ${where}`);
  expect(message).toContain(`, got ${got}. Supported are`);
  for (const family of ['bert', 'MiniLM', 'distilbert', 'electra', 'roberta']) expect(message).toContain(family);
});
