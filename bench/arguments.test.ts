import { describe, expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

describe('arguments', () => {
  test.each([
    { argv: [], expected: { rounds: 15, only: ['P1', 'P2', 'P3', 'P6'], help: false } },
    { argv: ['--rounds', '3', '--only', 'P2'], expected: { rounds: 3, only: ['P2'], help: false } },
    { argv: ['--only=P3, P1'], expected: { rounds: 15, only: ['P3', 'P1'], help: false } },
    { argv: ['--help'], expected: { rounds: 15, only: ['P1', 'P2', 'P3', 'P6'], help: true } },
  ])('$argv', ({ argv, expected }) => {
    expect(parseArguments(argv)).toEqual(expected);
  });

  test.each([
    { argv: ['--rounds', '0'], message: '--rounds: expected a whole number from 1 to 9999, got "0"' },
    { argv: ['--rounds', '2.5'], message: 'got "2.5"' },
    { argv: ['--rounds', ''], message: 'got ""' },
    { argv: ['--only', 'P4'], message: '--only: expected names out of P1, P2, P3, P6, got "P4"' },
    { argv: ['--only', ''], message: 'got ""' },
    { argv: ['--fast'], message: "Unknown option '--fast'" },
  ])('$argv are refused', ({ argv, message }) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });
});
