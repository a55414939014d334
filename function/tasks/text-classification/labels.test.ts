import { expect, test } from 'vitest';
import { labelSettings } from './labels.ts';

const named = (...labels: string[]) => ({ id2label: { ...labels } });

test.each([
  ['several labels', named('a', 'b', 'c'), 'softmax'],
  ['one label', named('a'), 'sigmoid'],
  ['one label of a single one', { ...named('a'), problem_type: 'single_label_classification' }, 'sigmoid'],
  ['several labels at once', { ...named('a', 'b'), problem_type: 'multi_label_classification' }, 'sigmoid'],
  ['one of several labels', { ...named('a', 'b'), problem_type: 'single_label_classification' }, 'softmax'],
  ['a number', { ...named('a'), problem_type: 'regression' }, 'none'],
  ['several numbers', { ...named('a', 'b'), problem_type: 'regression' }, 'none'],
])('a model of %s has the function that its config.json implies', (_, config, scoreFunction) => {
  expect(labelSettings(config)).toEqual({ labels: Object.values(config.id2label), scoreFunction });
});

test.each([[{}], [{ id2label: null, problem_type: null }]])('without names there are two labels: %j', (config) => {
  expect(labelSettings(config)).toEqual({ labels: ['LABEL_0', 'LABEL_1'], scoreFunction: 'softmax' });
});

test('labels stand in the order of their numbers, more than ten of them too', () => {
  const labels = Array.from({ length: 12 }, (_, i) => `label ${i}`);
  const id2label = Object.fromEntries([...labels.entries()].toReversed());
  expect(labelSettings({ id2label }).labels).toEqual(labels);
});

test.each([
  [{ id2label: { 1: 'a', 2: 'b' } }, 'id2label', 'the labels by their numbers'],
  [{ id2label: {} }, 'id2label', 'the labels by their numbers'],
  [{ id2label: { a: 'a' } }, 'id2label', 'the labels by their numbers'],
  [{ id2label: { 0: 7 } }, 'id2label.0', 'string'],
  [{ id2label: 'a' }, 'id2label', 'Object'],
  [{ problem_type: 'ranking' }, 'problem_type', '"regression"'],
])('what no label can be read from is refused with what was expected: %j', (config, key, expected) => {
  expect(() => labelSettings(config)).toThrow(expected);
  expect(() => labelSettings(config)).toThrow(`"${key}" in config.json`);
});
