import { expect, test } from 'vitest';
import { NEW_WORDS, newQuestions } from './new-words.ts';

test('every question has NEW_WORDS words that no question before it had', () => {
  const seen = new Set<string>();
  for (const { question, context } of newQuestions().take(1000)) {
    const before = seen.size;
    for (const word of `${question} ${context}`.match(/\w*\d\w*/g)!) seen.add(word);
    expect(seen.size - before).toBe(NEW_WORDS);
  }
});
