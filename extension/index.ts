import { setTimeout as sleep } from 'node:timers/promises';
import { damageReport } from './accounting/damage.ts';
import { createMetrics } from './accounting/metrics.ts';
import { createTallies, statsOf } from './accounting/tallies.ts';
import { clocksOf } from './clocks.ts';
import { withFoldersApart } from './configuration/apart.ts';
import { type Basics, type ExtensionConfig, logLevelOf, parseBasics, parseConfig } from './configuration/config.ts';
import { warnOf } from './configuration/warnings.ts';
import { Delivery } from './delivery/delivery.ts';
import { logRecords } from './delivery/last-resort.ts';
import { createIntake, type Fate, REMEMBERED_IDS, refusingIntake } from './intake/intake.ts';
import { createLabelIntake, type LabelFate } from './intake/label-intake.ts';
import { RecentIds } from './intake/recent-ids.ts';
import { createExtensionsApi, type ExtensionsApi } from './lambda/extensions-api.ts';
import { type Initialization, initializationOf } from './lambda/initialization.ts';
import { createTelemetryListener, sandboxAddress } from './lambda/telemetry.ts';
import { InvocationCompletions } from './lifecycle/invocation-completions.ts';
import { followEvents, followTimer } from './lifecycle/lifecycle.ts';
import type { ShutdownNotice } from './lifecycle/shutdown.ts';
import { shutdownEvent, shutdownSignal } from './lifecycle/shutdown-notice.ts';
import { StartUp } from './lifecycle/start-up.ts';
import { createLog, flushed, traceOf, writeLine } from './log.ts';
import { NO_POLICY, type PolicyInForce } from './policy/policy-in-force.ts';
import { createReceiver } from './receiver/receiver.ts';
import { sinkTo } from './sinks/destination.ts';
import { abandonedFolders, OwnFolder } from './spool/own-folder.ts';
import { Spool } from './spool/spool.ts';
import { kernelUuid } from './spool/uuid.ts';

/** The name of the executable under /opt/extensions, which is what Lambda knows an extension by. */
const NAME = 'inference-capture';
/** Most milliseconds that the exit waits until the operating system has taken the log. */
const LAST_LINES_MS = 150;
const clocks = clocksOf({ now: () => performance.now(), wallNow: () => Date.now() });
const { now, ageNow } = clocks;
const log = createLog(logLevelOf(process.env));
/** For the last line of the process, which no level leaves out. */
const wholeLog = createLog('DEBUG');

/** The state of the start after the registration, which Lambda has accepted or refused. */
interface Start {
  startUp: StartUp;
  /** `host:port` of Lambda's APIs. */
  runtimeApi: string;
  api: ExtensionsApi;
  initialization: Initialization;
  registered: boolean;
  basics: Basics;
}

async function main(env: NodeJS.ProcessEnv): Promise<void> {
  const startUp = new StartUp(log);
  const runtimeApi = env['AWS_LAMBDA_RUNTIME_API'] ?? '';
  const api = createExtensionsApi(runtimeApi, clocks);
  const initialization = initializationOf(env['AWS_LAMBDA_INITIALIZATION_TYPE']);
  const basics = parseBasics(env);
  // The registration comes first: Lambda starts the function when every extension has registered, and the rest happens at the same time.
  const events =
    initialization.invocations && !basics.disabled ? (['INVOKE', 'SHUTDOWN'] as const) : (['SHUTDOWN'] as const);
  const registered = await startUp.register(api, NAME, events);
  const start = { startUp, runtimeApi, api, initialization, registered, basics };
  warnOf(env, log);
  if (basics.disabled) return waitDisabled(start);
  const config = startUp.configure(() => withFoldersApart(parseConfig(env)));
  return config === undefined ? refuseRecords(start) : capture(start, config);
}

async function capture(start: Start, config: ExtensionConfig): Promise<void> {
  const { startUp, api, initialization, registered } = start;
  const byEvents = registered && initialization.invocations;
  const completions = new InvocationCompletions();
  const subscribed = byEvents && subscribe(start, completions);
  const policy = await startUp.openPolicy(() => policyOf(config));
  if (policy === undefined) return refuseRecords(start);
  const { batch, scopes, functionName, functionVersion, flushBudgetMs } = config;
  const tallies = createTallies(() => metrics.afterLoss());
  const { dir, maxBytes } = config.spool;
  const home = new OwnFolder(dir, kernelUuid(), startUp.onUnlocked);
  const onDamage = damageReport(tallies, log);
  const spool = new Spool({ home, maxBytes, batch, scopes, now: ageNow, uuid: kernelUuid, onDamage });
  const stats = () => ({ ...statsOf(tallies, spool), policy: policy.status() });
  const gauges = () => ({
    oldestPendingMs: spool.oldestMs === undefined ? 0 : ageNow() - spool.oldestMs,
    spoolPercent: (100 * spool.bytes) / maxBytes,
  });
  const dimensions = { functionName, endpoint: scopes.record.endpoint };
  const metrics = createMetrics({ stats, gauges, dimensions, writeLine, now: ageNow, wallNow: clocks.wallNow });
  const origin = { functionName, functionVersion };
  const fates = new RecentIds<Fate>(REMEMBERED_IDS);
  const labelFates = new RecentIds<LabelFate>(REMEMBERED_IDS);
  const intake = createIntake({ policy, spool, origin, counters: tallies.record, fates, log });
  const labelIntake = createLabelIntake({
    ...{ policy, spool, counters: tallies.label, fates: labelFates, log },
    wallNow: clocks.wallNow,
  });
  const receiver = createReceiver({
    intake,
    labelIntake,
    tallies,
    stats,
    settling: policy.settling,
    onRecord: (requestId) => completions.recordCame(requestId),
    log,
  });
  const sink = sinkTo(config.destination, ageNow);
  const delivery = new Delivery({ spool, sink, tallies, onDelivered: metrics.delivered, log, now, ageNow, sleep });
  const lastResort = config.lastResortLog
    ? (deadlineMs: number) => logRecords({ spool, tallies, writeLine, now, sleep }, deadlineMs)
    : undefined;
  const parts = {
    receiver,
    intakes: [intake, labelIntake],
    policy,
    spool,
    delivery,
    lastResort,
    metrics,
    stats,
    log: wholeLog,
    now,
    ageNow,
    batchAgeMs: batch.ageMs,
    flushStrategy: config.flushStrategy,
  };

  async function listenAndRecover(): Promise<void> {
    const folders = await abandonedFolders(dir);
    await startUp.listen(receiver, config.port);
    // In the same turn of the event loop, so that no record has come yet.
    const stored = startUp.recover(spool, tallies, folders);
    for (const eventId of stored?.record ?? []) fates.set(eventId, 'stored');
    for (const id of stored?.label ?? []) labelFates.set(id, 'stored');
  }
  await Promise.all([listenAndRecover(), subscribed]);
  if (!(await failedClosed(start))) {
    if (byEvents) {
      const onFirstEvent = () => initialization.restored && spool.rekeyAll();
      await followEvents({ ...parts, api, completions, flushBudgetMs, onFirstEvent });
    } else {
      const pause = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {});
      await followTimer({ ...parts, sleep: pause }, shutdownOf(start));
    }
  }
  home.release();
}

/** The policy of the configuration. Its code is loaded only where there is one. */
async function policyOf({ policy: config, spool: { dir } }: ExtensionConfig): Promise<PolicyInForce> {
  if (config === undefined) return NO_POLICY;
  return (await import('./policy/open-policy.ts')).openPolicy({ config, env: process.env, dir, log, ageNow });
}

/** Asks Lambda to say when an invocation is over. Where Lambda does not, the record of the invocation does. */
async function subscribe({ api, runtimeApi }: Start, completions: InvocationCompletions): Promise<void> {
  const listener = createTelemetryListener((requestId) => completions.runtimeDone(requestId));
  try {
    await api.subscribeTelemetry(await listener.listen(await sandboxAddress({ runtimeApi })));
  } catch {
    listener.close(); // local stacks have no telemetry
  }
}

/** What an extension does that is configured wrongly: it must not take the function down, unless that is asked for. */
async function refuseRecords(start: Start): Promise<void> {
  const { startUp, basics } = start;
  const { tallies, stats, metrics } = countsWithoutSpool(basics);
  const reason = startUp.faults.at(-1)!.cause;
  const receiver = createReceiver({
    intake: refusingIntake(tallies.record, reason),
    labelIntake: refusingIntake(tallies.label, reason),
    tallies,
    stats,
    settling: () => undefined,
    onRecord: () => {},
    log,
  });
  await startUp.listen(receiver, basics.port);
  if (await failedClosed(start)) return;
  await shutdownOf(start);
  metrics.atEnd();
}

/** What an extension does that is switched off. */
async function waitDisabled(start: Start): Promise<void> {
  log('INFO', 'CAPTURE_DISABLED: the extension captures nothing, and does not listen');
  await shutdownOf(start);
  countsWithoutSpool(start.basics).metrics.atEnd();
}

function countsWithoutSpool({ functionName }: Basics) {
  const tallies = createTallies(() => metrics.afterLoss());
  const stats = () => statsOf(tallies);
  const gauges = () => ({ oldestPendingMs: 0, spoolPercent: 0 });
  const dimensions = { functionName, endpoint: functionName };
  const metrics = createMetrics({ stats, gauges, dimensions, writeLine, now: ageNow, wallNow: clocks.wallNow });
  return { tallies, stats, metrics };
}

/** Keeps the function from starting where something is wrong and that is asked for. @returns whether it did */
async function failedClosed({ startUp, api, registered, basics }: Start): Promise<boolean> {
  const [fault] = startUp.faults;
  if (fault === undefined || !basics.failClosed) return false;
  log('ERROR', 'CAPTURE_FAIL_CLOSED: the function must not start without capture', { ...fault });
  if (registered) await api.initError(fault.errorType, fault.cause);
  process.exitCode = 1;
  return true;
}

/** Waits for the end of the environment, and does nothing until then. */
function shutdownOf({ api, registered }: Start): Promise<ShutdownNotice> {
  return registered ? shutdownEvent(api) : shutdownSignal(now);
}

// An extension that ends takes the environment down with it. What is acknowledged is on disk, so it is safe to go on.
process.on('uncaughtException', (error) => log('ERROR', 'unexpected error', { cause: traceOf(error) }));

main(process.env)
  .catch((error: unknown) => {
    log('ERROR', 'the extension ends', { cause: traceOf(error) });
    process.exitCode = 1;
  })
  .then(() => Promise.race([flushed(), sleep(LAST_LINES_MS)]))
  .finally(() => process.exit());
