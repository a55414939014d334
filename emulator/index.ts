import path from 'node:path';
import { HELP, parseCommandLine } from './command-line.ts';
import { startEmulator } from './emulator.ts';
import { isFrozenWhenIdle } from './environment/freezer.ts';
import { killAll } from './environment/processes/process-group.ts';
import { openFilesLimit, proxyRemark, requireOpenFiles } from './machine.ts';
import { readyMessage } from './ready-message.ts';
import { sampleBody } from './sample.ts';
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
  const stopped = stopSignal();
  const flags = parseCommandLine(process.argv.slice(2));
  if (flags.help) {
    console.log(HELP);
    return;
  }
  requireOpenFiles(openFilesLimit());
  const { template, warnings } = readTemplate(flags.template);
  const templateFolder = path.dirname(path.resolve(flags.template));
  for (const warning of [...warnings, proxyRemark(process.env)]) if (warning) console.error(`WARN ${warning}`);
  const body = sampleBody(template.local, templateFolder);
  const emulator = await startEmulator({
    template,
    templateFolder,
    local: flags.local,
    ports: { rest: flags.port, invoke: flags.invokePort, s3: flags.s3Port },
    environmentPorts: flags.environmentPorts,
    env: flags.env,
    telemetry: flags.telemetry,
    initializationType: flags.initializationType,
    log: (line) => console.log(line),
  });
  const start = await Promise.race([emulator.ready, stopped]);
  if (start) {
    const objects = path.join(flags.local, 's3');
    const freezes = isFrozenWhenIdle(flags.initializationType);
    const { ports, environmentPorts } = emulator;
    console.log(readyMessage({ template, body, ports, environmentPorts, objects, freezes, start }));
  }
  await stopped;
  await emulator.close();
  process.exit(0);
}

/** Resolves with the first signal to stop, or when the output has no reader any more. A second signal ends everything at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    // The reader is gone, as after `| head` or with its terminal. Lines that cannot be written for another reason are lost.
    const readerGone = ({ code }: NodeJS.ErrnoException) => (code === 'EPIPE' || code === 'EIO') && resolve();
    for (const stream of [process.stdout, process.stderr]) stream.on('error', readerGone);
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
