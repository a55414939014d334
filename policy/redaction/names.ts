import type { JsonNode } from '../json/node.ts';
import { edited } from './edits.ts';
import type { Leaf } from './leaf.ts';

/**
 * What must be added to names that were changed, so that no two members of an object have one name: readers would take the last and lose the others.
 *
 * @returns `-2`, `-3` and so on, by leaf
 */
export function suffixes(leaves: readonly Leaf[]): Map<Leaf, string> {
  const added = new Map<Leaf, string>();
  const changed = leaves.filter(
    ({ node, claims }) => node?.kind === 'name' && claims !== undefined && claims.edits().length > 0,
  );
  const taken = new Map<JsonNode, Map<string, number>>();
  const changedNames = new Set(changed.map(({ node }) => node));
  for (const leaf of changed) {
    const parent = leaf.node!.parent!;
    if (!taken.has(parent)) {
      const unchanged = parent.children.filter(({ name }) => !changedNames.has(name));
      taken.set(parent, new Map(unchanged.map(({ name }) => [name!.content!.text, 1])));
    }
    const names = taken.get(parent)!;
    const name = edited(leaf.content.text, leaf.claims!.edits());
    let times = (names.get(name) ?? 0) + 1;
    while (times > 1 && names.has(`${name}-${times}`)) times++;
    names.set(name, times);
    if (times === 1) continue;
    names.set(`${name}-${times}`, 1);
    added.set(leaf, `-${times}`);
  }
  return added;
}
