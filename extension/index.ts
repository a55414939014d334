import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_PORT, type Stats } from '../capture/wire.ts';
import { type Destination, type ExtensionConfig, parseConfig } from './config.ts';
import { Counters } from './counters.ts';
import { Delivery } from './delivery.ts';
import { createExtensionsApi, type ExtensionsApi } from './extensions-api.ts';
import { createIntake, refusingIntake } from './intake.ts';
import { idle, live } from './lifecycle.ts';
import { log } from './log.ts';
import { createReceiver, type Receiver } from './receiver.ts';
import { RecordArrivals } from './record-arrivals.ts';
import { fileSink } from './sinks/file.ts';
import { lazySink } from './sinks/lazy.ts';
import type { Sink } from './sinks/sink.ts';
import { Spool } from './spool/spool.ts';

/** The name of the executable under /opt/extensions, which is what Lambda knows an extension by. */
const NAME = 'inference-capture';
const now = () => Date.now();

async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const api = createExtensionsApi(env['AWS_LAMBDA_RUNTIME_API'] ?? '');
  let config: ExtensionConfig;
  try {
    config = parseConfig(env);
  } catch (error) {
    return refuse(api, Number(env['CAPTURE_PORT']) || DEFAULT_PORT, (error as Error).message);
  }
  return capture(api, config);
}

async function capture(api: ExtensionsApi, config: ExtensionConfig): Promise<void> {
  const counters = new Counters();
  const spool = new Spool({ ...config.spool, batch: config.batch, scope: config.scope, now });
  const stats = (): Stats => ({ ...counters, pending: spool.pending, spoolBytes: spool.bytes });
  const arrivals = new RecordArrivals();
  const { functionName, functionVersion } = config;
  const origin = { functionName, functionVersion, sampleRate: 1 };
  const knownEventIds = recover(spool, counters);
  const intake = createIntake({ spool, origin, counters, knownEventIds, log });
  const receiver = createReceiver({ intake, counters, stats, onRecord: (requestId) => arrivals.arrived(requestId) });
  const delivery = new Delivery({ spool, sink: sinkTo(config.destination), counters, log, now, sleep });

  await Promise.all([api.register(NAME), listen(receiver, config.port)]);
  const { batch, flushBudgetMs } = config;
  await live({
    api,
    receiver,
    intake,
    arrivals,
    spool,
    delivery,
    stats,
    log,
    now,
    batchAgeMs: batch.ageMs,
    flushBudgetMs,
  });
}

function sinkTo(destination: Destination): Sink {
  if (destination.kind === 'file') return fileSink(destination.folder);
  return lazySink(`s3://${destination.bucket}`, async () => (await import('./sinks/s3.ts')).s3Sink(destination));
}

async function refuse(api: ExtensionsApi, port: number, reason: string): Promise<void> {
  log('ERROR', 'wrong configuration: no record is captured', { cause: reason });
  const counters = new Counters();
  const stats = (): Stats => ({ ...counters, pending: 0, spoolBytes: 0 });
  const receiver = createReceiver({ intake: refusingIntake(counters, reason), counters, stats, onRecord: () => {} });
  await Promise.all([api.register(NAME), listen(receiver, port)]);
  await idle(api);
}

function recover(spool: Spool, counters: Counters): string[] {
  try {
    const knownEventIds = spool.recover();
    counters.received = spool.pending;
    counters.recovered = spool.pending;
    if (spool.pending > 0) log('INFO', 'records of a predecessor recovered', { records: spool.pending });
    return knownEventIds;
  } catch (error) {
    log('ERROR', 'the spool cannot be used: let CAPTURE_SPOOL_DIR name a writable folder', { cause: String(error) });
    return [];
  }
}

async function listen(receiver: Receiver, port: number): Promise<void> {
  try {
    await receiver.listen(port);
  } catch (error) {
    log('ERROR', 'no record can be received: let CAPTURE_PORT name a free port', { cause: String(error) });
  }
}

// An extension that ends takes the environment down with it. What is acknowledged is on disk, so it is safe to go on.
process.on('uncaughtException', (error) => log('ERROR', 'unexpected error', { cause: error.stack }));

start(process.env).then(
  () => process.exit(0),
  (error: Error) => {
    log('ERROR', 'the extension ends', { cause: error.stack });
    process.exit(1);
  },
);
