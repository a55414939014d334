import { RE2JS } from 're2js';
import type { Finding } from './finding.ts';

/** Most findings of one pattern in one text. What comes after them counts as one finding more: it is not searched, so it may not stay. */
const MAX_FINDINGS = 10_000;

/**
 * A search by a regular expression of RE2, which takes linear time from each finding to the next. An expression that looks far ahead of what it finds,
 * such as `a(.*b)?`, looks through the rest of the text for each finding. It finds nothing where the expression matches the empty text.
 *
 * @param name of the rule
 * @throws Error if RE2 does not know the syntax
 */
export function createPatternFind(name: string, pattern: string): (text: string) => Finding[] {
  const compiled = compile(name, pattern);
  return (text) => {
    const findings: Finding[] = [];
    const matcher = compiled.matcher(text);
    while (matcher.find()) {
      const [start, end] = [matcher.start(), matcher.end()];
      if (start === end) continue;
      if (findings.length === MAX_FINDINGS) return [...findings, { start, end: text.length, name }];
      findings.push({ start, end, name });
    }
    return findings;
  };
}

function compile(name: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Expected the "pattern" of the rule "${name}" to be a regular expression of RE2: ${reason}`);
  }
}
