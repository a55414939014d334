import * as v from 'valibot';
import { StartError } from '../start-error.ts';
import { type Path, resolveIntrinsics, type Scope } from './intrinsics.ts';
import type { Source } from './source.ts';

/** Finds the place of a value in the template: a value of a resource may stand in `Globals`. */
export type Origin = (path: Path) => Path;

/** A template that is being read, with the warnings about it so far. */
export class Reading {
  readonly warnings: string[] = [];
  readonly #source: Source;
  readonly #file: string;

  constructor(source: Source, file: string) {
    this.#source = source;
    this.#file = file;
  }

  /** @param why follows the path: `Resources.Fn is ...` */
  readonly warn = (path: Path, why: string): void => {
    this.warnings.push(`${this.#line(path)} ${why}`);
  };

  /** The first of the paths that the template has; the first path where it has none of them. */
  firstOf(paths: readonly [Path, ...Path[]]): Path {
    return paths.find((path) => this.#source.has(path)) ?? paths[0];
  }

  /**
   * Reads the keys of a map that the schema knows, with their intrinsic functions replaced. The other keys may use functions without a value.
   *
   * @param advice the end of the warning that a value is left out
   * @throws {StartError} as `check`
   */
  read<S extends v.ObjectSchema<v.ObjectEntries, undefined>>(
    schema: S,
    map: Readonly<Record<string, unknown>>,
    scope: Scope,
    origin: Origin,
    advice: (path: Path) => string = () => '',
  ): v.InferOutput<S> {
    const known = Object.entries(map).filter(([key]) => Object.hasOwn(schema.entries, key));
    const leftOut = (path: Path, why: string) => this.warn(origin(path), `is left out: ${why}${advice(path)}`);
    return this.check(schema, resolveIntrinsics(Object.fromEntries(known), scope, [], leftOut), origin);
  }

  /** @throws {StartError} with the place of every value that the schema refuses */
  check<S extends v.GenericSchema>(schema: S, value: unknown, origin: Origin = (path) => path): v.InferOutput<S> {
    const result = v.safeParse(schema, value);
    if (result.success) return result.output;
    const faults = result.issues.map((issue): [Path, string] => [
      origin((issue.path ?? []).map(({ key }) => key as string | number)),
      issue.received === 'undefined' ? 'is needed, but not there' : issue.message,
    ]);
    throw this.fault(...faults);
  }

  fault(...faults: readonly (readonly [Path, string])[]): StartError {
    const lines = faults.map(([path, why]) => `  ${this.#line(path)}: ${why}`);
    return new StartError(`${this.#file} is no template that the emulator can run:\n${lines.join('\n')}`);
  }

  #line(path: Path): string {
    return `${this.#source.at(path)}: ${path.join('.') || 'the template'}`;
  }
}
