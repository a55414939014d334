import { expect, test } from 'vitest';
import { parseCommandLine, parseEndpoint } from './command-line.ts';

test.each([
  [['distilbert/distilbert-base-cased'], { revision: 'main', out: 'local/models/distilbert/distilbert-base-cased' }],
  [['a/b', '--revision', 'refs/pr/3', '--out', 'x/y/'], { revision: 'refs/pr/3', out: 'x/y' }],
  [['a/b', '--onnx', 'onnx/model_fp16.onnx'], { onnx: 'onnx/model_fp16.onnx', out: 'local/models/a/b' }],
])('%j', (args, expected) => {
  expect(parseCommandLine(args)).toMatchObject({ ...expected, repository: args[0] });
});

test.each([
  [[], "expected a model's name on the hub, MODEL=owner/name"],
  [[''], 'got ""'],
  [['bert-base-uncased'], 'got "bert-base-uncased"'],
  [['../..'], 'got "../.."'],
  [['a/..'], 'got "a/.."'],
  [['a/b/c'], 'got "a/b/c"'],
  [['a/b?x'], 'got "a/b?x"'],
  [['a/b', 'c/d'], 'got "a/b c/d"'],
  [['a/b', '--revision', '../x'], 'REVISION: expected a branch, a tag or a commit, got "../x"'],
  [['a/b', '--revision', ''], 'REVISION'],
  [
    ['a/b', '--onnx', '../model.onnx'],
    'ONNX: expected the path of an .onnx file in the repository, got "../model.onnx"',
  ],
  [['a/b', '--out', ''], 'OUT: expected a folder, got ""'],
  [['a/b', '--fast'], "Unknown option '--fast'"],
])('%j is refused', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(message);
});

test.each(['hf-mirror', 'ftp://hub.example', 'https://user:password@hub.example', 'https://hub.example/?x=1'])(
  'the address %s is no hub',
  (text) => {
    expect(() => parseEndpoint(text)).toThrow('HF_ENDPOINT: expected an address like https://huggingface.co');
  },
);
