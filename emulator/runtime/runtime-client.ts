import http from 'node:http';

/** An event for the handler. */
export interface RuntimeInvocation {
  requestId: string;
  /** Milliseconds since 1970. */
  deadlineMs: number;
  functionArn: string;
  traceId: string;
  clientContext: string | undefined;
  /** JSON. */
  payload: string;
}

/** An error, as the Runtime API takes it. */
export interface ErrorReport {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export interface RuntimeClient {
  /** Waits for the next event, for as long as that takes. */
  next(): Promise<RuntimeInvocation>;
  /** @param payload JSON */
  response(requestId: string, payload: string): Promise<void>;
  error(requestId: string, report: ErrorReport): Promise<void>;
  initError(report: ErrorReport): Promise<void>;
}

export function errorReport(error: unknown): ErrorReport {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/**
 * A client of Lambda's Runtime API.
 *
 * @param api `host:port`
 */
export function createRuntimeClient(api: string): RuntimeClient {
  const agent = new http.Agent({ keepAlive: true });
  const invocation = '/2018-06-01/runtime/invocation';

  // node:http and no timeout: an environment may be frozen for any time while it waits for an event.
  function send(method: string, path: string, body = '', headers: http.OutgoingHttpHeaders = {}) {
    return new Promise<{ headers: http.IncomingHttpHeaders; text: string }>((resolve, reject) => {
      const request = http.request(`http://${api}${path}`, { agent, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ headers: response.headers, text }));
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  function sendError(path: string, report: ErrorReport, headers: http.OutgoingHttpHeaders) {
    return send('POST', path, JSON.stringify(report), { 'content-type': 'application/json', ...headers }).then(
      () => {},
    );
  }

  return {
    next: async () => {
      const { headers, text } = await send('GET', `${invocation}/next`);
      const header = (name: string) => String(headers[`lambda-runtime-${name}`] ?? '');
      return {
        requestId: header('aws-request-id'),
        deadlineMs: Number(header('deadline-ms')),
        functionArn: header('invoked-function-arn'),
        traceId: header('trace-id'),
        clientContext: header('client-context') || undefined,
        payload: text,
      };
    },
    response: async (requestId, payload) => {
      await send('POST', `${invocation}/${requestId}/response`, payload, { 'content-type': 'application/json' });
    },
    error: (requestId, report) => sendError(`${invocation}/${requestId}/error`, report, {}),
    initError: (report) =>
      sendError('/2018-06-01/runtime/init/error', report, { 'Lambda-Runtime-Function-Error-Type': report.errorType }),
  };
}
