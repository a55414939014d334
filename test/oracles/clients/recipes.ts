/**
 * The code of docs/any-function.md and clients/README.md, compiled and run against the built extension. Run by `make oracles`. The recipes for
 * Java and .NET need `javac`, and Mono's `mcs`; where they are missing, their tests are skipped.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startAnyExtension } from '../../../bench/extension-process.ts';
import { EXAMPLE_RECORD } from '../../../capture/fixtures/example-record.ts';
import { claimPort } from '../../../harness/ports.ts';
import { blocksOf } from '../../documents/commands.ts';

const RUN_MS = 120_000;
const BODY = '{"question":"Where do I live?"}';

/** The blocks of a document behind a fence. */
const blocks = (document: string, kind: string) => blocksOf(document).filter((block) => block.kind === kind);
function onlyBlock(document: string, kind: string): string {
  const [block, ...more] = blocks(document, kind);
  assert.ok(block && more.length === 0, `Expected one block of ${kind} in ${document}`);
  return block.text;
}
const recipe = (kind: string) => onlyBlock('docs/any-function.md', kind);
const ofClients = (kind: string) => onlyBlock('clients/README.md', kind);

let stack: AsyncDisposableStack;
let folder: string;
let port: number;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = stack.adopt(await mkdtemp(path.join(tmpdir(), 'recipes-')), (dir) => rm(dir, { recursive: true }));
  port = await claimPort();
});
afterEach(() => stack.disposeAsync());

async function startExtension(): Promise<void> {
  const env = {
    CAPTURE_PORT: String(port),
    CAPTURE_SPOOL_DIR: path.join(folder, 'captured/spool'),
    CAPTURE_DESTINATION: `file://${path.join(folder, 'captured/objects')}`,
  };
  const command = path.resolve('dist/extension/extensions/inference-capture');
  stack.use(await startAnyExtension({ command, env }));
}

/** Everything that the extension has on disk. */
async function captured(): Promise<string> {
  const found = await readdir(path.join(folder, 'captured'), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((one) => readFile(path.join(one.parentPath, one.name), 'utf8')))).join('');
}

async function run(files: Record<string, string>, command: string, ...args: string[]): Promise<string> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const env = { ...process.env, CAPTURE_PORT: String(port), PYTHONPATH: path.resolve('clients/python') };
  const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, timeout: RUN_MS });
  return stdout.trim();
}

/** The module of a Go program that uses the client: with the same versions as the function of the oracle. */
async function goModule(): Promise<Record<string, string>> {
  const [mod, sum] = await Promise.all(
    ['go.mod', 'go.sum'].map((file) => readFile(path.join('test/oracles/clients/go', file), 'utf8')),
  );
  return { 'go.mod': mod!.replace('../../../../clients/go', path.resolve('clients/go')), 'go.sum': sum! };
}

describe('the function in docs/any-function.md', () => {
  const answered = JSON.stringify({ statusCode: 200, headers: { 'x-captured': 'true' }, body: '{"answer":"Berlin"}' });

  test('in TypeScript captures what it answers', async () => {
    await startExtension();
    const app = recipe('ts')
      // The package is not installed here: its source stands for it.
      .replace('inference-capture/client', path.resolve('capture/client.ts'))
      .replace('createCaptureClient()', 'createCaptureClient({ port: Number(process.env.CAPTURE_PORT) })');
    const files = {
      'package.json': '{"type":"module"}',
      'app.ts': app,
      'model.js': `export const predict = () => '{"answer":"Berlin"}';`,
      'main.ts': `import { handler } from './app.ts';
        console.log(JSON.stringify(await handler({ body: ${JSON.stringify(BODY)} }, { awsRequestId: 'r' })));
        process.exit();`,
    };
    assert.equal(await run(files, process.execPath, 'main.ts'), answered);
    assert.ok((await captured()).includes('Berlin'));
  });

  test('in Python captures what it answers', async () => {
    await startExtension();
    const files = {
      'app.py': recipe('python'),
      'model.py': `predict = lambda _: '{"answer":"Berlin"}'`,
      'main.py': `import app, json; from types import SimpleNamespace
print(json.dumps(app.handler({"body": '${BODY}'}, SimpleNamespace(aws_request_id="r")), separators=(",", ":")))`,
    };
    assert.equal(await run(files, 'python3', '-B', 'main.py'), answered);
    assert.ok((await captured()).includes('Berlin'));
  });

  test('in Go captures what it answers', async () => {
    await startExtension();
    const files = {
      ...(await goModule()),
      'main.go': recipe('go'),
      'model.go': 'package main\n\nfunc predict(string) string { return `{"answer":"Berlin"}` }\n',
      'main_test.go': `package main

import ("context"; "testing"; "github.com/aws/aws-lambda-go/events")

func TestHandler(t *testing.T) {
	event := events.APIGatewayProxyRequest{Body: \`${BODY}\`}
	event.RequestContext.RequestID = "r"
	if answer, err := handler(context.Background(), event); err != nil || answer.Body != predict("") {
		t.Fatal(answer, err)
	}
}
`,
    };
    await run(files, 'go', 'test', './...');
    assert.ok((await captured()).includes('Berlin'));
  });
});

describe('the lines in clients/README.md', () => {
  test('in Python capture a record', async () => {
    await startExtension();
    const main = `from types import SimpleNamespace
context = SimpleNamespace(aws_request_id="r")
input = output = {"contentType": "text/csv", "encoding": "CSV", "data": "Berlin"}
${ofClients('python')}
print(result["accepted"])`;
    assert.equal(await run({ 'main.py': main }, 'python3', '-B', 'main.py'), 'True');
    assert.ok((await captured()).includes('Berlin'));
  });

  test('in Go capture a record', async () => {
    await startExtension();
    const main = `package main

import capture "inference-capture/clients/go"

func main() {
	id, input := "r", map[string]any{"contentType": "text/csv", "encoding": "CSV", "data": "Berlin"}
	output := input
	${ofClients('go')}
	println(eventID)
	if err != nil {
		panic(err)
	}
}
`;
    await run({ ...(await goModule()), 'main.go': main }, 'go', 'run', '.');
    assert.ok((await captured()).includes('Berlin'));
  });
});

/** What a test needs to compile and run a recipe of one class `Capture`, whose caller posts its argument twice: for the result and the milliseconds of each. */
const RECIPES = {
  java: {
    compiler: 'javac',
    needs: 'a JDK: javac is not on the PATH',
    recipe: 'Capture.java',
    caller: 'Main.java',
    code: `public class Main {
  public static void main(String[] args) {
    for (int i = 0; i < 2; i++) {
      long started = System.nanoTime();
      boolean sent = Capture.send(args[0]);
      System.out.println(sent + " " + (System.nanoTime() - started) / 1000000);
    }
  }
}`,
    compile: ['Capture.java', 'Main.java'],
    run: ['java', '-cp', '.', 'Main'],
  },
  csharp: {
    compiler: 'mcs',
    needs: "Mono: mcs is not on the PATH (Debian's mono-mcs and libmono-system-net-http4.0-cil)",
    recipe: 'Capture.cs',
    caller: 'Main.cs',
    code: `using System; using System.Diagnostics;
static class Program {
  static void Main(string[] args) {
    for (int i = 0; i < 2; i++) {
      var watch = Stopwatch.StartNew();
      bool sent = Capture.SendAsync(args[0]).Result;
      Console.WriteLine(sent.ToString().ToLower() + " " + watch.ElapsedMilliseconds);
    }
  }
}`,
    compile: ['-r:System.Net.Http.dll', '-out:main.exe', 'Capture.cs', 'Main.cs'],
    run: ['mono', 'main.exe'],
  },
};

for (const [kind, one] of Object.entries(RECIPES)) {
  const isMissing = spawnSync('which', [one.compiler]).status !== 0;
  describe(`the recipe for ${kind}`, { skip: isMissing && `needs ${one.needs}` }, () => {
    const post = async (record: object) => {
      await run({ [one.recipe]: recipe(kind), [one.caller]: one.code }, one.compiler, ...one.compile);
      const [command = '', ...args] = one.run;
      const lines = (await run({}, command, ...args, JSON.stringify(record))).split('\n');
      return lines.map((line) => line.split(' ')).map(([sent, ms]) => ({ sent: sent === 'true', ms: Number(ms) }));
    };

    test('captures a record', async () => {
      await startExtension();
      const eventId = randomUUID();
      const [, second] = await post({ ...EXAMPLE_RECORD, eventId }); // the first may take longer than its time-out, and yet arrive
      assert.equal(second!.sent, true);
      assert.equal((await captured()).split(eventId).length, 2);
    });

    test('tells what is no record, and where nobody listens', async () => {
      assert.deepEqual(
        (await post({})).map(({ sent }) => sent),
        [false, false],
      );
      await startExtension();
      assert.deepEqual(
        (await post({})).map(({ sent }) => sent),
        [false, false],
      );
    });

    const FOREIGN = { silent: '', 'never at its end': 'HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\n' };
    for (const [what, start] of Object.entries(FOREIGN)) {
      test(`waits 250 ms for an answer that is ${what}`, async () => {
        const server = net.createServer((socket) => {
          socket
            .on('error', () => {})
            .resume()
            .write(start); // reads, else it would not see the end
          const timer = setInterval(() => start && socket.write('x'), 20);
          socket.on('close', () => clearInterval(timer));
        });
        server.listen(port, '127.0.0.1');
        await once(server, 'listening');
        stack.defer(() => void server.close());
        const [, second] = await post(EXAMPLE_RECORD);
        assert.equal(second!.sent, false);
        assert.ok(second!.ms >= 200 && second!.ms < 400, `Expected 250 ms, got ${second!.ms}`);
      });
    }
  });
}
