import { defineConfig } from 'vitest/config';
import type { Reporter } from 'vitest/node';

/** Ends the output with one plain line, for whoever reads only the last one. */
const closingLine: Reporter = {
  onTestRunEnd(modules) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string) => states.filter((each) => each === state).length;
    console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  },
};

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules', 'dist', 'bench/peers', 'packaging/checks', 'local', '.venv*'],
    reporters: ['default', closingLine],
    testTimeout: 30_000,
    maxConcurrency: 3, // of tests that say so
    restoreMocks: true,
  },
});
