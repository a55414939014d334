import type * as v from 'valibot';
import type { Fault } from './policy-error.ts';

type Issue = v.BaseIssue<unknown> & { requirement?: unknown };
type FaultPath = Fault['path'];

/** Most UTF-16 code units of a value that a message names. */
const MAX_SHOWN = 80;

/** The keys of which an object has exactly one: what it has tells which of the schema's alternatives it is meant to be. */
const ALTERNATIVES = ['detect', 'path', 'pattern', 'variable', 'secret'];

/** What is wrong with a document by its schema. Of alternatives it says what is wrong with the one that is meant. */
export function schemaFaults(issues: readonly Issue[]): Fault[] {
  const faults = issues.flatMap((issue) => faultsOf(issue, []));
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

function faultsOf(issue: Issue, above: FaultPath): Fault[] {
  const path = [...above, ...pathOf(issue)];
  if (issue.type !== 'union' || issue.issues === undefined) return [{ path, message: messageOf(issue, path) }];
  if (!isObject(issue.input)) {
    const deepest = Math.max(...issue.issues.map((inner) => pathOf(inner).length));
    const meant = issue.issues.filter((inner) => pathOf(inner).length === deepest);
    if (deepest > 0) return meant.flatMap((inner) => faultsOf(inner, path));
    const expected = meant.map((inner) => expectedOf(inner).replace('Expected ', '')).join(' or ');
    return [{ path, message: `Expected ${expected}, got ${shown(issue, path)}` }];
  }
  const inner = issue.issues.filter((each) => each.type !== 'strict_object' || !ALTERNATIVES.includes(lastKey(each)));
  if (inner.length > 0) return inner.flatMap((each) => faultsOf(each, path));
  const possible = ALTERNATIVES.filter((key) => issue.issues?.some((each) => lastKey(each) === key)).join(', ');
  const came = ALTERNATIVES.filter((key) => key in (issue.input as object));
  return [{ path, message: `Expected exactly one of ${possible}, got ${came.join(' and ') || 'none of them'}` }];
}

function messageOf(issue: Issue, path: FaultPath): string {
  return `${expectedOf(issue)}, got ${issue.received === 'undefined' ? 'nothing' : shown(issue, path)}`;
}

/** The schema's own words, or what valibot says. */
function expectedOf({ message, expected, type, requirement }: Issue): string {
  if (message.startsWith('Expected')) return message;
  if (type === 'max_length') return `Expected ${requirement} characters at most`;
  if (type === 'min_length') return 'Expected a text';
  return `Expected ${(expected ?? type).replace(/^\((.*)\)$/, (_, list: string) => `one of ${list.replaceAll(' | ', ', ')}`)}`;
}

/** What came. Somebody may have written the secret itself where its name belongs. */
function shown({ received, input }: Issue, path: FaultPath): string {
  if (path[0] === 'key' && typeof input === 'string') return 'another text';
  if (Array.isArray(input)) return 'a list';
  if (isObject(input)) return 'an object';
  if (typeof input === 'string' && input === '') return 'an empty text';
  return received.length > MAX_SHOWN ? `${received.slice(0, MAX_SHOWN)}...` : received;
}

function pathOf({ path }: Issue): FaultPath {
  return (path ?? []).map(({ key }) => key as string | number);
}

function lastKey(issue: Issue): string {
  return String(pathOf(issue).at(-1));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
