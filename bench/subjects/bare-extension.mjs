// The least that an extension can be: it registers and asks for its events, and does nothing with them. What ours is measured against.
// Not imported: an import asks for all exports of a module of Node's, WebSocket among them, and loads twice as much.
const http = process.getBuiltinModule('node:http');

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension`;
const agent = new http.Agent({ keepAlive: true });

function call(method, path, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(api + path, { method, agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.headers));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const name = { 'lambda-extension-name': 'bare-extension' };
const registered = await call('POST', '/register', name, '{"events":["INVOKE","SHUTDOWN"]}');
const identifier = { 'lambda-extension-identifier': registered['lambda-extension-identifier'] };
for (;;) await call('GET', '/event/next', identifier);
