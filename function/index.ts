import { createCaptureClient } from '../capture/client.ts';
import { log } from '../capture/log.ts';
import { refusingClient, withLossMetric } from '../capture/loss-metric.ts';
import { readSwitch } from '../capture/variables.ts';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { thisProcessor } from './model/processor.ts';
import { loadTask } from './tasks/load-task.ts';
import { serveModel } from './tasks/served-model.ts';

// onnxruntime sends Microsoft data about models and machines unless this variable is set; see docs/decisions/onnxruntime-telemetry.md.
if (readSwitch(process.env['ORT_DISABLE_TELEMETRY'] || 'yes') !== false) process.env['ORT_DISABLE_TELEMETRY'] = '1';

/** Time since the start of the process: Node's own start, and loading the function's code. */
const importMs = performance.now();
const config = parseConfig(process.env, import.meta.dirname);
const { functionName, captureFault } = config;
if (captureFault) log('ERROR', 'wrong configuration: no record is captured', { cause: captureFault });
const processor = thisProcessor();
const weights = config.modelWeights === 'auto' ? processor.weights : config.modelWeights;
const model = serveModel((onTask) =>
  loadTask(config.modelDir, config.threads, {
    form: weights,
    onTask,
    onLoaded: (times) => log('INFO', 'ready to answer', { processor: processor.kind, weights, importMs, ...times }),
  }),
);

// During init, before any caller waits. If loading fails, each caller gets an error, and the next request tries again.
await model.load().catch((error: Error) => log('ERROR', 'the model cannot be loaded', { cause: error.message }));

/** The function's entry point: an event of any source in, the response in the form of that source out. */
export const handler = createHandler({
  model,
  capture: captureFault
    ? refusingClient(functionName, Date.now)
    : config.capture && withLossMetric(createCaptureClient(config.capture), functionName, Date.now),
  headers: config.headers,
  log,
  now: () => performance.now(),
  traceId: () => process.env['_X_AMZN_TRACE_ID'] || undefined,
  deadlineMarginMs: config.deadlineMarginMs,
});
