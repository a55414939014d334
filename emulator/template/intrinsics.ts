import { Pair, Scalar, type Tags, YAMLMap, type YAMLSeq } from 'yaml';

/** Steps from the top of a template to a value in it: `['Resources', 'Fn', 'Type']`. */
export type Path = readonly (string | number)[];

/** The values that `Ref`, `Fn::GetAtt` and `Fn::Sub` have on this machine. */
export interface Scope {
  /** By logical id, by parameter, and by pseudo parameter such as `AWS::Region`. */
  refs: Readonly<Record<string, string>>;
  /** By `LogicalId.Attribute`. */
  attributes: Readonly<Record<string, string>>;
}

const SHORT_FORMS: readonly [tag: string, name: string][] = [
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...'And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform'
    .split(' ')
    .map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
];

/** The short forms of CloudFormation's functions, read as their long forms. */
export const INTRINSIC_TAGS: Tags = SHORT_FORMS.flatMap(([tag, name]) => [
  { tag, resolve: (text: string) => ({ [name]: text }) },
  { tag, collection: 'seq', resolve: (list) => longForm(name, list as YAMLSeq) },
  { tag, collection: 'map', resolve: (map) => longForm(name, map as YAMLMap) },
]);

function longForm(name: string, argument: YAMLSeq | YAMLMap): YAMLMap {
  const map = new YAMLMap();
  map.items.push(new Pair(new Scalar(name), argument));
  return map;
}

/** Why a function has no value here. */
class Unresolved extends Error {
  override name = 'Unresolved';
}

/**
 * Replaces every intrinsic function in a value. A function that has no value here is left out, as if it were not in the template.
 *
 * @param path where the value is in the template
 * @param unresolved called for every function that is left out
 */
export function resolveIntrinsics(
  value: unknown,
  scope: Scope,
  path: Path,
  unresolved: (path: Path, why: string) => void,
): unknown {
  const inside = (key: string | number, item: unknown) => resolveIntrinsics(item, scope, [...path, key], unresolved);
  if (Array.isArray(value)) return value.map((item, i) => inside(i, item)).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  if (!isIntrinsic(value)) {
    const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, inside(key, item)]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  }
  try {
    return evaluate(value, scope);
  } catch (error) {
    if (!(error instanceof Unresolved)) throw error;
    unresolved(path, error.message);
    return undefined;
  }
}

/** Whether it is one call of a function: `{"Ref": ...}` or `{"Fn::...": ...}`. */
export function isIntrinsic(value: object): boolean {
  const [name = '', ...more] = Object.keys(value);
  return more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

/** @returns undefined for `AWS::NoValue` */
function evaluate(value: unknown, scope: Scope): string | undefined {
  if (typeof value !== 'object' || value === null) return String(value);
  const [name = '', argument] = isIntrinsic(value) ? Object.entries(value)[0]! : [];
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? undefined : lookUp(scope.refs, String(argument), name);
    case 'Fn::GetAtt':
      return lookUp(scope.attributes, Array.isArray(argument) ? argument.join('.') : String(argument), name);
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Join':
      return join(argument, scope);
    default:
      throw new Unresolved(`the emulator knows Ref, Fn::GetAtt, Fn::Sub and Fn::Join, not ${name || 'a map here'}`);
  }
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, map = {}] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') throw new Unresolved('expected Fn::Sub to have a string, or a string and a map');
  const own = new Map(Object.entries(map as object));
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (own.has(name)) return evaluate(own.get(name), scope) ?? '';
    return lookUp(name.includes('.') ? scope.attributes : scope.refs, name, 'Fn::Sub');
  });
}

function join(argument: unknown, scope: Scope): string {
  const [delimiter, items] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string' || !Array.isArray(items)) {
    throw new Unresolved('expected Fn::Join to have a delimiter and a list');
  }
  return items
    .map((item) => evaluate(item, scope))
    .filter((item) => item !== undefined)
    .join(delimiter);
}

function lookUp(values: Readonly<Record<string, string>>, name: string, by: string): string {
  if (Object.hasOwn(values, name)) return values[name]!;
  throw new Unresolved(`${by} names '${name}', which has no local value. Known are ${Object.keys(values).join(', ')}`);
}
