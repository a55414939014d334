import { describe, expect, test } from 'vitest';
import { FIGURES, parseArguments } from './arguments.ts';

describe('arguments', () => {
  test.each([
    { argv: [], differs: {} },
    { argv: ['--rounds', '3', '--only', 'P2'], differs: { rounds: 3, only: ['P2'] } },
    { argv: ['--only=P3, P1'], differs: { only: ['P3', 'P1'] } },
    { argv: ['--records=1000000'], differs: { records: 1_000_000 } },
    { argv: ['--help'], differs: { help: true } },
  ])('$argv', ({ argv, differs }) => {
    const standard = { rounds: 15, only: FIGURES, records: 150_000, help: false };
    expect(parseArguments(argv)).toEqual({ ...standard, ...differs });
  });

  test.each([
    { argv: ['--rounds', '0'], message: '--rounds: expected a whole number from 1 to 9999, got "0"' },
    { argv: ['--rounds', '2.5'], message: 'got "2.5"' },
    { argv: ['--rounds', ''], message: 'got ""' },
    {
      argv: ['--only', 'P0'],
      message: '--only: expected names out of P1, P2, P3, P4, P5, P6, P7, P8, MANY, RSS, OUTAGE, got "P0"',
    },
    { argv: ['--records', '10'], message: '--records: expected a whole number from 1000 to 999999999, got "10"' },
    { argv: ['--only', ''], message: 'got ""' },
    { argv: ['--fast'], message: "Unknown option '--fast'" },
  ])('$argv are refused', ({ argv, message }) => {
    expect(() => parseArguments(argv)).toThrow(message);
  });
});
