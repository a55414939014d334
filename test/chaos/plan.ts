import { mulberry32 } from '../../harness/random.ts';
import type { Dice } from './dice.ts';
import { type PolicyPlan, policyPlan } from './policy-plan.ts';

/** What happens to one PUT of an object at S3. */
export type PutOutcome =
  | 'stored'
  | 'hangs'
  | 'reset before it is read'
  | 'reset in the middle'
  | 'answered 500'
  | 'answered 503'
  | 'slow'
  | 'stored, answer lost'
  | 'stored, answer hangs'
  | 'extension killed before it is stored'
  | 'extension killed when it is stored'
  | 'frozen in the middle';

/** What another program does to the spool in /tmp. */
export type Tampering =
  | 'folder removed'
  | 'files removed'
  | 'segment truncated'
  | 'segment replaced'
  | 'folder becomes a file';

/** A fault, and its time in milliseconds after the start of its step. */
export type TimedFault =
  | { what: 'kill function' | 'kill extension'; afterMs: number }
  | { what: 'freeze'; afterMs: number; forMs: number }
  /** Only the extension stops, for longer than the function waits for an answer. */
  | { what: 'stall'; afterMs: number; forMs: number }
  | { what: 'tamper'; afterMs: number; how: Tampering }
  /** The wall clock of all processes of the environment, and of the emulator, is set to another time. */
  | { what: 'step clock'; afterMs: number; byMs: number };

/** How the function sends its records: one after the other, all at the same time, or as one body with lines between them that are not records. */
export type Sending = 'one by one' | 'at once' | 'with bad lines';

/** A record that the function sends in an invocation. */
export interface PlannedRecord {
  eventId: string;
  /** Bytes of its input. */
  bytes: number;
  /** Whole hours between its time and the present. The hour decides which object the record belongs to. */
  hoursAgo: number;
}

export type Step =
  | { step: 'invoke'; records: PlannedRecord[]; sending: Sending; workMs: number; hangs: boolean; fault?: TimedFault }
  | { step: 'while frozen'; fault: FrozenFault }
  /** With `inInvocation`, the shutdown begins while an invocation runs, and that ends first. Then a new environment starts in the same /tmp. */
  | { step: 'shut down'; inInvocation?: PlannedRecord[]; killExtensionAfterMs?: number };

/** A fault that can strike a frozen environment. */
export type FrozenFault = Exclude<TimedFault, { what: 'freeze' | 'stall' }>;

export interface EnvironmentPlan {
  telemetry: boolean;
  timeoutMs: number;
  batchRecords: number;
  batchAgeMs: number;
  flushBudgetMs: number;
  /** CAPTURE_FLUSH_STRATEGY. */
  flushStrategy: string;
  /** CAPTURE_LAST_RESORT=log: at shutdown, records that cannot be delivered are written to the log. */
  lastResort: boolean;
  /** The room for the spool. `quota`: CAPTURE_SPOOL_BYTES. `disk`: the size of /tmp, where this process may mount one. */
  room: { kind: 'plenty' } | { kind: 'quota' | 'disk'; bytes: number };
  /** The outcomes of the PUTs, in their order. Further PUTs are stored. `outage`: every PUT is answered 503. */
  puts: PutOutcome[] | 'outage';
  steps: Step[];
  /** Whether NODE_OPTIONS makes every Node process load a module first, as tracing tools do. */
  preload: boolean;
  /** Kills the extension so many milliseconds after the start of the last shutdown. */
  killExtensionAfterMs?: number;
}

/** All that happens in one run. The seed alone decides it. */
export interface Plan {
  seed: number;
  /** One environment, or two that work at the same time and deliver to one bucket. */
  environments: EnvironmentPlan[];
  /** Whether two environments share a /tmp, and so the folder of the spool. */
  sharedTmp: boolean;
  /** The policy of all environments. Half of the runs have one. */
  policy?: PolicyPlan;
}

const HOUR_MS = 3_600_000;
/** More senders than a client opens connections. */
const SENDERS = 40;
const TAMPERINGS = [
  'folder removed',
  'files removed',
  'segment truncated',
  'segment replaced',
  'folder becomes a file',
] as const satisfies readonly Tampering[];

/** Half of the environments have the strategy that is the default. */
const STRATEGIES = [
  'adaptive',
  'adaptive',
  'adaptive',
  'adaptive',
  'end',
  'periodically,1',
  'periodically,60',
  'at-shutdown',
];

const PUT_OUTCOMES: readonly (readonly [outcome: PutOutcome, weight: number])[] = [
  ['stored', 10],
  ['hangs', 1],
  ['reset before it is read', 2],
  ['reset in the middle', 2],
  ['answered 500', 2],
  ['answered 503', 2],
  ['slow', 2],
  ['stored, answer lost', 3],
  ['stored, answer hangs', 1],
  ['extension killed before it is stored', 2],
  ['extension killed when it is stored', 3],
  ['frozen in the middle', 2],
];

/** The plan of a seed. A seed always has the same plan. */
export function planOf(seed: number): Plan {
  const random = mulberry32(seed);
  const dice: Dice = {
    chance: (share) => random() < share,
    whole: (least, most) => least + Math.floor(random() * (most - least + 1)),
    of: (items) => items[Math.floor(random() * items.length)]!,
  };
  const count = dice.chance(0.3) ? 2 : 1;
  const environments = Array.from({ length: count }, (_, at) => environmentPlan(dice, `${seed}-${at}`));
  const sharedTmp = count === 2 && dice.chance(0.5);
  // A shared /tmp has one size for both.
  if (sharedTmp && environments.some(({ room }) => room.kind === 'disk')) {
    for (const environment of environments) environment.room = environments[0]!.room;
  }
  for (const environment of environments) environment.flushStrategy = dice.of(STRATEGIES);
  return { seed, environments, sharedTmp, ...(dice.chance(0.5) && { policy: policyPlan(dice) }) };
}

function environmentPlan(dice: Dice, name: string): EnvironmentPlan {
  const room = roomOf(dice);
  let made = 0;
  const record = (): PlannedRecord => ({
    eventId: `${name}-${made++}`,
    bytes: room.kind === 'plenty' && !dice.chance(0.05) ? dice.whole(10, 500) : dice.whole(1000, 6000),
    hoursAgo: dice.chance(0.1) ? 1 : 0,
  });
  const records = (most: number) => Array.from({ length: dice.whole(1, most) }, record);
  return {
    telemetry: dice.chance(0.7),
    timeoutMs: 700,
    batchRecords: dice.of([1, 2, 3, 5, 100]),
    batchAgeMs: dice.of([0, 0, 20, 60_000]),
    flushBudgetMs: dice.of([0, 60, 150]),
    flushStrategy: 'adaptive', // planOf draws it last
    lastResort: dice.chance(0.2),
    room,
    puts: room.kind === 'plenty' || dice.chance(0.3) ? putOutcomes(dice) : 'outage',
    steps: Array.from({ length: dice.whole(3, 7) }, () => stepOf(dice, records, record)),
    preload: dice.chance(0.1),
    ...(dice.chance(0.15) && { killExtensionAfterMs: dice.whole(0, 60) }),
  };
}

function roomOf(dice: Dice): EnvironmentPlan['room'] {
  if (dice.chance(0.7)) return { kind: 'plenty' };
  const kind = dice.of(['quota', 'disk'] as const);
  return { kind, bytes: kind === 'quota' ? dice.whole(1000, 20_000) : 4096 * dice.whole(2, 6) };
}

function putOutcomes(dice: Dice): PutOutcome[] {
  const all = PUT_OUTCOMES.flatMap(([outcome, weight]) => Array.from({ length: weight }, () => outcome));
  return Array.from({ length: dice.whole(0, 8) }, () => dice.of(all));
}

function stepOf(dice: Dice, records: (most: number) => PlannedRecord[], record: () => PlannedRecord): Step {
  const kind = dice.whole(1, 100);
  if (kind <= 12) return { step: 'while frozen', fault: frozenFaultOf(dice) };
  if (kind <= 24) {
    return {
      step: 'shut down',
      ...(dice.chance(0.5) && { inInvocation: records(3) }),
      ...(dice.chance(0.3) && { killExtensionAfterMs: dice.whole(0, 60) }),
    };
  }
  const hangs = kind <= 29;
  const sending = dice.chance(0.06) ? 'at once' : dice.chance(0.08) ? 'with bad lines' : 'one by one';
  return {
    step: 'invoke',
    records: sending === 'at once' ? Array.from({ length: SENDERS }, record) : records(5),
    sending,
    workMs: dice.whole(0, 6),
    hangs,
    ...(dice.chance(0.5) && { fault: faultOf(dice) }),
  };
}

function faultOf(dice: Dice): TimedFault {
  // Most faults strike within an ordinary invocation. Some come so late that they strike the start of a new environment or a long delivery.
  const afterMs = dice.chance(0.7) ? dice.whole(0, 20) : dice.whole(0, 200);
  if (dice.chance(0.3)) return { what: 'freeze', afterMs, forMs: dice.whole(5, 150) };
  if (dice.chance(0.15)) return { what: 'stall', afterMs, forMs: dice.whole(260, 450) };
  return { ...frozenFaultOf(dice), afterMs };
}

function frozenFaultOf(dice: Dice): FrozenFault {
  const what = dice.of(['kill function', 'kill extension', 'tamper', 'tamper', 'step clock'] as const);
  if (what === 'tamper') return { what, afterMs: 0, how: dice.of(TAMPERINGS) };
  if (what === 'step clock') return { what, afterMs: 0, byMs: dice.of([-2, -1, 1, 2]) * HOUR_MS };
  return { what, afterMs: 0 };
}
