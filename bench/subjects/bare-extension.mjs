// node bare-extension.mjs [--import]: the least that an extension can be. It registers, asks for its events, and does nothing with them.
// With --import it loads node:http as an import statement does, the usual way. An import statement asks for all exports of the module,
// WebSocket among them, and so it loads twice as much.
const imported = process.argv[2] === '--import';
const http = imported ? (await import('node:http')).default : process.getBuiltinModule('node:http');

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
