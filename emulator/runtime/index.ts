/** The process that runs the handler: what Lambda calls the runtime. The environment starts it; nobody imports it. */
import { functionContext } from './context.ts';
import { loadHandler } from './handler.ts';
import { createRuntimeClient, errorAccount } from './runtime-client.ts';

const { env } = process;
const client = createRuntimeClient(env['AWS_LAMBDA_RUNTIME_API'] ?? '');
let requestId: string | undefined;

// What nobody catches ends the process, as on Lambda; the account of it goes out first.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, async (reason: unknown) => {
    console.error(reason);
    const type = event === 'unhandledRejection' ? 'Runtime.UnhandledPromiseRejection' : undefined;
    const report = { ...errorAccount(reason), ...(type && { errorType: type }) };
    await (requestId ? client.error(requestId, report) : client.initError(report)).catch(() => {});
    process.exit(1);
  });
}

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
      await client.error(requestId, errorAccount(error));
    }
    requestId = undefined;
  }
} catch (error) {
  console.error(error);
  await client.initError(errorAccount(error)).catch(() => {});
  process.exit(1);
}
