import type { Tags } from 'yaml';

/** What `Ref`, `Fn::GetAtt` and `Fn::Sub` may name: the values of a deployment that is local. */
export interface Scope {
  /** By logical id, and by pseudo parameter as `AWS::Region`. */
  refs: Readonly<Record<string, string>>;
  /** By `LogicalId.Attribute`. */
  attributes: Readonly<Record<string, string>>;
}

/** The short forms of CloudFormation's functions, read as their long forms. */
export const INTRINSIC_TAGS: Tags = [
  { tag: '!Ref', resolve: (name: string) => ({ Ref: name }) },
  { tag: '!Sub', resolve: (text: string) => ({ 'Fn::Sub': text }) },
  { tag: '!GetAtt', resolve: (path: string) => ({ 'Fn::GetAtt': path }) },
];

/**
 * The value with every intrinsic function in it replaced.
 *
 * @throws {Error} when a function names what the scope does not have, or is one that the emulator does not know
 */
export function resolveIntrinsics(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveIntrinsics(item, scope));
  if (typeof value !== 'object' || value === null) return value;

  const entries = Object.entries(value);
  const [name, argument] = entries.length === 1 ? entries[0]! : ['', undefined];
  if (name === 'Ref') return lookUp(scope.refs, String(argument), '!Ref');
  if (name === 'Fn::GetAtt') {
    return lookUp(scope.attributes, Array.isArray(argument) ? argument.join('.') : String(argument), '!GetAtt');
  }
  if (name === 'Fn::Sub') return substitute(argument, scope);
  if (name.startsWith('Fn::')) {
    throw new Error(`the emulator knows !Ref, !GetAtt and !Sub, not ${name}. Set the value with --env instead`);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveIntrinsics(item, scope)]));
}

function substitute(argument: unknown, scope: Scope): string {
  if (typeof argument !== 'string')
    throw new Error('expected !Sub to have one string; the form with a map is not known');
  return argument.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    return lookUp(name.includes('.') ? scope.attributes : scope.refs, name, '!Sub');
  });
}

function lookUp(values: Readonly<Record<string, string>>, name: string, by: string): string {
  const value = values[name];
  if (value !== undefined) return value;
  throw new Error(`${by} names '${name}', which has no local value. Known are ${Object.keys(values).join(', ')}`);
}
