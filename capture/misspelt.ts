import { CAPTURE_VARIABLES } from './variables.ts';

/** A variable that no program here reads, and the one that is likely meant. */
export interface Misspelt {
  variable: string;
  /** Absent where none is near. */
  nearest?: string;
}

/** Most letters that may be wrong in a name that does not begin with CAPTURE_: the variables of others must not be taken for ours. */
const MAX_WRONG_LETTERS = 2;

/** The variables of an environment that look like ours and are none. */
export function misspeltVariables(env: NodeJS.ProcessEnv): Misspelt[] {
  return Object.keys(env).flatMap((variable): Misspelt[] => {
    // This is done at every start, and the first letter spares most variables the comparison.
    if (!/^c/i.test(variable) || isOurs(variable)) return [];
    const [distance, nearest] = nearestTo(variable);
    if (!/^capture_/i.test(variable)) return distance <= MAX_WRONG_LETTERS ? [{ variable, nearest }] : [];
    return [distance <= variable.length / 3 ? { variable, nearest } : { variable }];
  });
}

function isOurs(name: string): boolean {
  return (CAPTURE_VARIABLES as readonly string[]).includes(name);
}

function nearestTo(name: string): [distance: number, nearest: string] {
  const distances = CAPTURE_VARIABLES.map((ours): [number, string] => [editDistance(name.toUpperCase(), ours), ours]);
  return distances.reduce((least, one) => (one[0] < least[0] ? one : least));
}

/** Levenshtein's: the fewest letters to insert, delete or replace that make one text of the other. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}
