import type { Finding } from './detectors.ts';

/**
 * Puts findings into the order of place. Of findings that overlap it makes one, over all of them: nothing that one of them
 * found stays in sight. The longest one gives it its name, and of two of one length the first one in `order`.
 */
export function withoutOverlaps(findings: readonly Finding[], order: readonly string[]): Finding[] {
  const merged: Finding[] = [];
  let longest = 0;
  for (const finding of findings.toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    const length = finding.end - finding.start;
    if (!last || finding.start >= last.end) {
      merged.push({ ...finding });
      longest = length;
      continue;
    }
    const isEarlier = order.indexOf(finding.name) < order.indexOf(last.name);
    if (length > longest || (length === longest && isEarlier)) last.name = finding.name;
    longest = Math.max(longest, length);
    last.end = Math.max(last.end, finding.end);
  }
  return merged;
}
