import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';

export const BUCKET = 'inference-capture';
export const CREDENTIALS = { accessKeyId: 'oracle', secretAccessKey: 'the-secret-of-the-oracle' };

const EXECUTABLE = path.resolve('.bin-oracles/versitygw');
const READY_MS = 10_000;

/** versitygw, an S3 server that others wrote, on a folder. */
export class Gateway implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  readonly client: S3Client;
  #process: ChildProcess | undefined;

  /** @param folder of its own, which must exist; @param versioned whether the bucket keeps old versions */
  static async start(folder: string, port: number, versioned = false): Promise<Gateway> {
    const gateway = new Gateway(folder, port);
    for (const name of ['objects', 'metadata', 'versions']) mkdirSync(path.join(folder, name));
    await gateway.start();
    await gateway.client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    if (versioned) {
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await gateway.client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
    }
    return gateway;
  }

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.client = new S3Client({
      endpoint: this.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: CREDENTIALS,
    });
  }

  /** Starts it, or starts it again after `kill`, with the objects that it had. */
  async start(): Promise<void> {
    const { accessKeyId, secretAccessKey } = CREDENTIALS;
    const server = [
      '--access',
      accessKeyId,
      '--secret',
      secretAccessKey,
      '--port',
      `127.0.0.1:${this.#port}`,
      '--quiet',
    ];
    // Metadata in files: not every file system has extended attributes.
    const inFolder = (name: string) => path.join(this.#folder, name);
    const metadata = ['--sidecar', inFolder('metadata'), '--versioning-dir', inFolder('versions')];
    const backend = ['posix', ...metadata, inFolder('objects')];
    const child = spawn(EXECUTABLE, [...server, ...backend], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#process = child;
    const deadlineMs = performance.now() + READY_MS;
    while (!(await listens(this.#port))) {
      if (child.exitCode !== null) throw new Error(`versitygw ended with exit code ${child.exitCode}`);
      if (performance.now() > deadlineMs) throw new Error(`versitygw does not listen after ${READY_MS / 1000} s`);
      await sleep(20);
    }
  }

  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child && child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  }

  /** The event ids in all of its objects, read through S3. */
  async eventIds(): Promise<string[]> {
    const ids: string[] = [];
    for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket: BUCKET })) {
      for (const { Key } of page.Contents ?? []) {
        const { Body } = await this.client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
        const lines = (await Body!.transformToString()).trimEnd().split('\n');
        ids.push(...lines.map((line) => JSON.parse(line).eventMetadata.eventId as string));
      }
    }
    return ids.sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.destroy();
    await this.kill();
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
