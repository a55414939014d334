import { isIntrinsic } from './intrinsics.ts';

/**
 * Lays the properties of a resource over the `Globals` of its kind, by SAM's rules: a value of the resource replaces the global one, maps are
 * merged key by key, and lists are joined, the global items first. An intrinsic function counts as a value.
 */
export function mergeGlobals(global: unknown, own: unknown): unknown {
  if (own === undefined) return global;
  if (Array.isArray(global) && Array.isArray(own)) return [...global, ...own];
  if (!isMap(global) || !isMap(own)) return own;
  const keys = new Set([...Object.keys(global), ...Object.keys(own)]);
  return Object.fromEntries([...keys].map((key) => [key, mergeGlobals(entryOf(global, key), entryOf(own, key))]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isIntrinsic(value);
}

function entryOf(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
