import { expect, test } from 'vitest';
import { parseRequest } from '../../request-schema.ts';
import { ClassificationRequest } from './request.ts';

const parse = (json: object) => parseRequest(ClassificationRequest, json);

test.each([
  [{ text: 'a' }, [{ text: 'a' }], false],
  [{ text: 'a', text_pair: 'b' }, [{ text: 'a', textPair: 'b' }], false],
  [{ text: ['a', 'b'] }, [{ text: 'a' }, { text: 'b' }], true],
  [
    { text: ['a', 'b'], text_pair: 'c' },
    [
      { text: 'a', textPair: 'c' },
      { text: 'b', textPair: 'c' },
    ],
    true,
  ],
  [{ inputs: 'a' }, [{ text: 'a' }], false],
  [{ inputs: ['a'] }, [{ text: 'a' }], true],
  [{ inputs: { text: 'a', text_pair: 'b' } }, [{ text: 'a', textPair: 'b' }], false],
  [
    { inputs: ['a', { text: 'b' }, { text: 'c', text_pair: 'd' }] },
    [{ text: 'a' }, { text: 'b' }, { text: 'c', textPair: 'd' }],
    true,
  ],
  [{ text: 'half \ud83d' }, [{ text: 'half \ufffd' }], false],
])('the texts of %j', (json, inputs, many) => {
  expect(parse(json)).toEqual({ inputs, many, parameters: {} });
});

const NAMED = { top_k: null, function_to_apply: 'none', truncation: true };
const PARAMETERS = { topK: null, scoreFunction: 'none', truncation: true };
test.each([
  [{ text: 'a', ...NAMED, inference_id: 'label-7' }],
  [{ inputs: 'a', parameters: NAMED, inference_id: 'label-7' }],
])('the parameters of %j', (json) => {
  expect(parse(json)).toMatchObject({ parameters: PARAMETERS });
});

test.each([
  [{}, 'MISSING_FIELD', '"text"'],
  [{ inputs: {} }, 'MISSING_FIELD', '"inputs.text"'],
  [{ text: ' ' }, 'EMPTY_FIELD', '"text"'],
  [{ text: 'a', text_pair: '' }, 'EMPTY_FIELD', '"text_pair"'],
  [{ text: [] }, 'EMPTY_FIELD', 'at least one text'],
  [{ inputs: ['a', ''] }, 'EMPTY_FIELD', '"inputs.1"'],
  [{ text: 7 }, 'INVALID_FIELD', '"text"'],
  [{ inputs: null }, 'INVALID_FIELD', '"inputs"'],
  [{ inputs: ['a', 7] }, 'INVALID_FIELD', '"inputs.1"'],
  [{ text: Array(101).fill('a') }, 'TOO_MANY_TEXTS', 'at most 100 texts'],
  [{ inputs: Array(101).fill('a') }, 'TOO_MANY_TEXTS', 'at most 100 texts'],
  [{ question: 'a', text: 'b' }, 'UNKNOWN_FIELD', '"question"'],
  [{ text: 'a', topk: 1 }, 'UNKNOWN_FIELD', '"topk"'],
  [{ inputs: 'a', parameters: { max_length: 5 } }, 'UNKNOWN_FIELD', '"parameters.max_length"'],
  [{ inputs: 'a', top_k: 1 }, 'UNKNOWN_FIELD', '"top_k"'],
  [{ text: 'a', top_k: 0 }, 'INVALID_PARAMETER', 'from 1 to 100'],
  [{ text: 'a', top_k: 101 }, 'INVALID_PARAMETER', 'from 1 to 100'],
  [{ text: 'a', top_k: 1.5 }, 'INVALID_PARAMETER', 'a whole number'],
  [{ text: 'a', top_k: 'all' }, 'INVALID_PARAMETER', 'a whole number'],
  [{ text: 'a', function_to_apply: 'tanh' }, 'INVALID_PARAMETER', '"softmax", "sigmoid" or "none"'],
  [{ text: 'a', truncation: 'only_first' }, 'INVALID_PARAMETER', 'true or false'],
])('what is wrong is told: %j', (json, code, message) => {
  expect(() => parse(json)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
});
