/** What the npm package holds: each table has one line for each thing that a user can import or run. Paths of sources begin at the root of the project. */
export interface Contents {
  /** Modules that can be imported as `inference-capture/NAME`, with their sources. */
  modules: Readonly<Record<string, string>>;
  /** Commands, by their names, with their sources. */
  bins: Readonly<Record<string, string>>;
  /** Files that can be imported by these names, such as a JSON schema, with their sources. */
  files: Readonly<Record<string, string>>;
}

export const CONTENTS: Contents = {
  modules: { client: 'capture/client.ts', middleware: 'middleware/index.ts' },
  bins: { 'inference-capture-policy-check': 'policy/check/index.ts', 'inference-capture-erase': 'erase/index.ts' },
  files: { 'policy.schema.json': 'policy/policy.schema.json' },
};

/** What the package takes over from the package.json of the project. */
export interface ProjectManifest {
  name: string;
  version: string;
  license: string;
}

/** The oldest Node that has what the modules use. */
const OLDEST_NODE = '>=20.16';

/** The package.json of the package. It has no dependencies: what the modules need is in their bundles. */
export function manifestOf({ modules, bins, files }: Contents, { name, version, license }: ProjectManifest) {
  const exported = Object.entries(modules).map(([module, source]) => [
    `./${module}`,
    { types: `./${typesOf(source)}`, default: `./${module}.js` },
  ]);
  const asTheyAre = ['package.json', ...Object.keys(files)].map((file) => [`./${file}`, `./${file}`]);
  const commands = Object.keys(bins).map((bin) => [bin, `bin/${bin}.js`]);
  return {
    name,
    version,
    description:
      'Captures what a Lambda function asks a model and what it answers, beside the extension of the same name',
    license,
    type: 'module',
    sideEffects: false,
    engines: { node: OLDEST_NODE },
    exports: Object.fromEntries([...exported, ...asTheyAre]),
    ...(commands.length > 0 && { bin: Object.fromEntries(commands) }),
  };
}

/** Where the package has the types of a source. */
export function typesOf(source: string): string {
  return `types/${source.replace(/\.ts$/, '.d.ts')}`;
}
