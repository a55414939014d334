import { parseArgs } from 'node:util';

export const USAGE = `node bench/index.ts [--rounds N] [--only P1,P2,...] [--records N]

Measures what inference-capture costs and how fast it is. Needs \`make build\`, and for P1 and P6 the installs in bench/peers/.

  --rounds N   rounds of each measurement, 12 questions a round (default 15: about a quarter of an hour)
  --only LIST  only these figures: P1 our pipeline over its peers, P2 over the bare model,
               P3 the cost of capture, P4 the start of the extension, P5 its work after a response,
               P6 the start of the function over its peers, P7 records a second into the spool,
               P8 the policy on a record,
               MANY many questions in one request over as many requests,
               RSS the function's memory after 10,000 questions,
               OUTAGE how much longer callers wait in a minute without S3
  --records N  records that P7 sends in all (default 150000; each needs 2.5 KB of disk until P7 ends;
               the goal for memory is about 1000000)
  --help       this text

Prints progress on stderr and the table on stdout. Writes the figures to bench/results/KIND.json, where KIND is the
processor's kind, and links bench/results/latest.json to that file.
Exit code: 0 also where a goal is missed, 1 where a figure could not be measured, 2 for a wrong argument.`;

export const FIGURES = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8', 'MANY', 'RSS', 'OUTAGE'] as const;
export type FigureName = (typeof FIGURES)[number];

export interface BenchArguments {
  rounds: number;
  only: readonly FigureName[];
  records: number;
  help: boolean;
}

/** @throws {Error} that names the argument, what was expected and what came */
export function parseArguments(argv: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '15' },
      only: { type: 'string', default: FIGURES.join() },
      records: { type: 'string', default: '150000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!/^[1-9]\d{0,3}$/.test(values.rounds)) {
    throw new Error(`--rounds: expected a whole number from 1 to 9999, got "${values.rounds}"`);
  }
  if (!/^[1-9]\d{3,8}$/.test(values.records)) {
    throw new Error(`--records: expected a whole number from 1000 to 999999999, got "${values.records}"`);
  }
  const only = values.only.split(',').map((name) => {
    const known = FIGURES.find((figure) => figure === name.trim());
    if (known === undefined) throw new Error(`--only: expected names out of ${FIGURES.join(', ')}, got "${name}"`);
    return known;
  });
  return { rounds, only, records: Number(values.records), help: values.help };
}
