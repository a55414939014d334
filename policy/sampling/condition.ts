import type { Condition } from '../document.ts';
import type { Exchange } from '../exchange.ts';
import { compilePath } from '../paths/values.ts';

/** Whether a record fulfils something. */
export type Test = (exchange: Exchange) => boolean;

/** A record fulfils a condition if it fulfils every part of it. One without parts is fulfilled by every record. */
export function compileCondition(condition: Condition): Test {
  const { status, latencyAboveMs, errorCode, source, caller, score } = condition;
  const tests: Test[] = [];
  if (status !== undefined) {
    const { from = -Infinity, to = Infinity } = status;
    tests.push(({ record }) => record.status >= from && record.status <= to);
  }
  if (latencyAboveMs !== undefined) tests.push(({ record }) => record.latencyMs > latencyAboveMs);
  if (errorCode !== undefined) tests.push(oneOf('errorCode', errorCode));
  if (source !== undefined) tests.push(oneOf('source', source));
  if (caller !== undefined) tests.push(oneOf('caller', caller));
  if (score !== undefined) tests.push(scoreBelow(score)); // last, because it parses the output
  return (exchange) => tests.every((test) => test(exchange));
}

function oneOf(field: 'errorCode' | 'source' | 'caller', values: readonly string[]): Test {
  const wanted = new Set(values);
  return ({ record }) => record[field] !== undefined && wanted.has(record[field]);
}

/** Of several numbers at the path, one below is enough. Without a number there the condition is not fulfilled. */
function scoreBelow({ path, below }: NonNullable<Condition['score']>): Test {
  const valuesAt = compilePath(path);
  return (exchange) => valuesAt(exchange.json('output')).some((value) => typeof value === 'number' && value < below);
}
