import { DETECTORS, type DetectorName } from '../detectors/detectors.ts';
import type { RedactionRule } from '../document.ts';
import { type Path, readPath } from '../paths/path.ts';
import type { CreateFind, Find } from './finding.ts';

/** Where a rule looks. */
export type Part = RedactionRule['in'][number];

/** A rule, ready to be applied. It finds by one of `path`, `detect` and `match`. */
export interface Rule extends Pick<RedactionRule, 'name' | 'action' | 'keepLast' | 'length'> {
  readonly path?: Path;
  /** By detectors: in many texts at once, with U+0000 between them. */
  readonly detect?: Find;
  /** By a pattern: in one text, whose beginning and end it may name. */
  readonly match?: Find;
}

/** The rules for one part, in the order of the document. */
export interface PartRules {
  readonly rules: readonly Rule[];
  /** Finds something wherever one of the detectors of the rules does. Absent: no rule has detectors. */
  readonly detectAny?: Find | undefined;
  readonly hasPaths: boolean;
  readonly hasPatterns: boolean;
}

interface Sources {
  createFind: CreateFind;
  createPatternFind: ((name: string, pattern: string) => Find) | undefined;
}

const detectorsOf = (rule: RedactionRule): readonly DetectorName[] =>
  'detect' in rule ? (rule.detect === 'all' ? DETECTORS : rule.detect) : [];

/** @throws PathError or Error if a path or a pattern is wrong; the message names the rule */
export function rulesOf(
  part: Part,
  rules: readonly RedactionRule[],
  { createFind, createPatternFind }: Sources,
): PartRules {
  const own = rules.filter((rule) => rule.in.includes(part));
  const detectors = [...new Set(own.flatMap(detectorsOf))];
  return {
    rules: own.map((rule) => {
      const { name, action, keepLast, length } = rule;
      const common = { name, action, keepLast, length };
      if ('path' in rule) return { ...common, path: pathOf(rule) };
      if ('pattern' in rule) return { ...common, match: createPatternFind!(name, rule.pattern) };
      return { ...common, detect: createFind(detectorsOf(rule)) };
    }),
    detectAny: detectors.length === 0 ? undefined : createFind(detectors),
    hasPaths: own.some((rule) => 'path' in rule),
    hasPatterns: own.some((rule) => 'pattern' in rule),
  };
}

function pathOf({ name, path }: RedactionRule & { path: string }): Path {
  try {
    return readPath(path);
  } catch (error) {
    throw new Error(`The "path" of the rule "${name}": ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Names that tokens may have: those of the rules and of their detectors. */
export const tokenNames = (rules: readonly RedactionRule[]): string[] => [
  ...new Set(rules.flatMap((rule) => [rule.name, ...detectorsOf(rule)])),
];
