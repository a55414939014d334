import { createCaptureClient } from '../capture/client.ts';
import { readSwitch } from '../capture/variables.ts';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { log } from './log.ts';
import { refusingClient, withLossMetric } from './metrics.ts';
import { thisProcessor } from './model/processor.ts';
import { loadTask } from './tasks/load-task.ts';
import { serveModel } from './tasks/served-model.ts';

// onnxruntime tells Microsoft about models and machines unless it is asked not to; see docs/decisions/onnxruntime-telemetry.md.
if (readSwitch(process.env['ORT_DISABLE_TELEMETRY'] || 'yes') !== false) process.env['ORT_DISABLE_TELEMETRY'] = '1';

/** Until here: the start of the process, and the code of the function. */
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

// In init, where time is not the caller's. A model that cannot be loaded is told to every caller, and tried again.
await model.load().catch((error: Error) => log('ERROR', 'the model cannot be loaded', { cause: error.message }));

/** The function's entry point: an event of any door in, the response in that door's form out. */
export const handler = createHandler({
  model,
  capture: captureFault
    ? refusingClient(functionName, Date.now)
    : config.capture && withLossMetric(createCaptureClient(config.capture), functionName, Date.now),
  log,
  now: () => performance.now(),
  traceId: () => process.env['_X_AMZN_TRACE_ID'] || undefined,
  deadlineMarginMs: config.deadlineMarginMs,
});
