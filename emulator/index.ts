import path from 'node:path';
import { HELP, parseCommandLine } from './command-line.ts';
import { startEmulator } from './emulator.ts';
import { killAll } from './environment/process-group.ts';
import { readyMessage } from './ready-message.ts';
import { StartError } from './start-error.ts';
import { readTemplate } from './template/template.ts';

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const flags = parseCommandLine(process.argv.slice(2));
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const { template, warnings } = readTemplate(flags.template);
  for (const warning of warnings) console.error(`WARN ${warning}`);
  const stopped = stopSignal();
  const emulator = await startEmulator({
    template,
    templateFolder: path.dirname(path.resolve(flags.template)),
    local: flags.local,
    ports: { rest: flags.port, invoke: flags.invokePort, s3: flags.s3Port, capture: flags.capturePort },
    env: flags.env,
    telemetry: flags.telemetry,
    initializationType: flags.initializationType,
    log: (line) => console.log(line),
  });
  const start = await Promise.race([emulator.ready, stopped]);
  if (start) {
    const objects = path.join(flags.local, 's3');
    const freezes = flags.initializationType === 'on-demand';
    console.log(readyMessage({ template, ports: emulator.ports, objects, freezes, start }));
  }
  await stopped;
  await emulator.close();
  process.exit(0);
}

/** Resolves with the first signal to stop; the second one ends everything at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let stopping = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (stopping) {
          killAll();
          process.exit(130);
        }
        stopping = true;
        resolve();
      });
    }
  });
}
