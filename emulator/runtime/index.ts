/** The process that runs the handler: what Lambda calls the runtime. The environment starts it; no module imports it. */
import { functionContext } from './context.ts';
import { HandlerError, loadHandler } from './handler.ts';
import { createRuntimeClient, type ErrorReport, errorReport } from './runtime-client.ts';

/** Node's own exit code for a module whose top-level `await` is never settled. */
const UNSETTLED = 13;

const { env } = process;
const client = createRuntimeClient(env['AWS_LAMBDA_RUNTIME_API'] ?? '');
let requestId: string | undefined;

/** Ends the process, as on Lambda, after it has reported why. */
async function end(report: ErrorReport, exitCode = 1): Promise<never> {
  await (requestId ? client.error(requestId, report) : client.initError(report)).catch(() => {});
  process.exit(exitCode);
}

// Errors that the handler's code does not catch.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (reason: unknown) => {
    console.error(reason);
    const type = event === 'unhandledRejection' ? 'Runtime.UnhandledPromiseRejection' : undefined;
    void end({ ...errorReport(reason), ...(type && { errorType: type }) });
  });
}

// The handler, or its module, has not settled, but nothing is left to run. (While the runtime waits for an event, its request is under way.)
process.once('beforeExit', () => {
  const what = requestId ? 'of the handler' : 'that the module of the handler waits for';
  const errorMessage = `The promise ${what} was never settled, and nothing is left to run that could settle it.`;
  console.error(`Runtime.NodeJsExit: ${errorMessage}`);
  void end({ errorType: 'Runtime.NodeJsExit', errorMessage, trace: [] }, UNSETTLED);
});

try {
  const handler = await loadHandler(env['LAMBDA_TASK_ROOT'] ?? '', env['_HANDLER'] ?? '');
  for (;;) {
    const invocation = await client.next();
    requestId = invocation.requestId;
    env['_X_AMZN_TRACE_ID'] = invocation.traceId;
    try {
      const result = await handler(JSON.parse(invocation.payload), functionContext(invocation, env));
      await client.response(requestId, JSON.stringify(result) ?? 'null');
    } catch (error) {
      console.error(error);
      await client.error(requestId, errorReport(error));
    }
    requestId = undefined;
  }
} catch (error) {
  console.error(error instanceof HandlerError ? `${error.name}: ${error.message}` : error);
  await end(errorReport(error));
}
