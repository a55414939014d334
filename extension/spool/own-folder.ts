import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const PREFIX = 'process-';
const LOCK_SUFFIX = '.lock';
/** Most bytes of a socket's path, on the system that allows the fewest. */
const MAX_SOCKET_PATH = 103;
/** Longest that a connection to a lock is waited for: the kernel makes it, or refuses it, at once. */
const CONNECT_MS = 1_000;

/** The folder of this process in the spool. */
export interface Home {
  readonly folder: string;
  /** Makes it, and what says whose it is, where either is missing. @throws when the disk refuses */
  ensure(): void;
}

/** Whether a folder in the spool belongs to one process, from its name. */
export function isProcessFolder(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * The folder of one process in the spool, and the lock that says that the process lives: a socket beside the folder. It takes connections
 * as long as the process is there, frozen or not, and refuses them from the moment that it ends, however it ends. Its bearer never
 * changes, so nobody ever has to break a lock. docs/decisions/folder-of-its-own.md
 */
export class OwnFolder implements Home {
  readonly folder: string;
  readonly #root: string;
  readonly #onUnlocked: (error: Error) => void;
  #server: net.Server | undefined;
  /** Of the spool's folder, where the lock's path is too long to be named. */
  #rootFd: number | undefined;

  /**
   * @param root the spool's folder
   * @param id of this process, which no other has
   * @param onUnlocked called where the file system has no sockets: others then take this process for dead
   */
  constructor(root: string, id: string, onUnlocked: (error: Error) => void) {
    this.folder = path.join(root, PREFIX + id);
    this.#root = root;
    this.#onUnlocked = onUnlocked;
  }

  /** @throws when the folder cannot be made */
  ensure(): void {
    const lock = this.folder + LOCK_SUFFIX;
    fs.mkdirSync(this.#root, { recursive: true });
    // The lock comes first: a folder without one belongs to nobody.
    if (!fs.existsSync(lock)) this.#bind(lock);
    fs.mkdirSync(this.folder, { recursive: true });
  }

  /** Gives up the lock, and removes the folder if it holds nothing. */
  release(): void {
    this.#unbind();
    clearAway(this.folder);
  }

  #bind(lock: string): void {
    this.#unbind();
    let address = lock;
    if (Buffer.byteLength(lock) > MAX_SOCKET_PATH) {
      this.#rootFd = fs.openSync(this.#root, 'r');
      address = throughDescriptor(this.#rootFd, lock);
    }
    this.#server = net.createServer((socket) => socket.destroy());
    this.#server.on('error', this.#onUnlocked);
    this.#server.listen(address).unref(); // bound when it returns
  }

  #unbind(): void {
    this.#server?.close();
    this.#server = undefined;
    if (this.#rootFd !== undefined) fs.closeSync(this.#rootFd);
    this.#rootFd = undefined;
  }
}

/** The folders in the spool whose processes have ended, and the spool's own folder, which is nobody's. Touches nothing. */
export async function abandonedFolders(root: string): Promise<string[]> {
  let names: string[];
  try {
    names = fs.readdirSync(root).filter((name) => isProcessFolder(name) && !name.endsWith(LOCK_SUFFIX));
  } catch {
    return []; // not made yet, or of no use: whoever makes a folder there learns why
  }
  const folders = names.map((name) => path.join(root, name));
  const abandoned = await Promise.all(folders.map(async (folder) => !(await isHeld(folder + LOCK_SUFFIX))));
  return [root, ...folders.filter((_, i) => abandoned[i])];
}

/** Removes the folders below a folder that hold nothing, then itself, and its lock if it is of a process. Never a file of others. */
export function clearAway(folder: string): void {
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !isProcessFolder(entry.name)) clearAway(path.join(folder, entry.name));
    }
    fs.rmdirSync(folder);
    if (isProcessFolder(path.basename(folder))) fs.rmSync(folder + LOCK_SUFFIX, { force: true });
  } catch {
    // It holds something, or is gone.
  }
}

/** Whether the process that made a lock lives. Whatever does not say that it is dead says that it lives. */
async function isHeld(lock: string): Promise<boolean> {
  let rootFd: number | undefined;
  try {
    if (Buffer.byteLength(lock) > MAX_SOCKET_PATH) rootFd = fs.openSync(path.dirname(lock), 'r');
    return await answers(rootFd === undefined ? lock : throughDescriptor(rootFd, lock));
  } catch {
    return true;
  } finally {
    if (rootFd !== undefined) fs.closeSync(rootFd);
  }
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    const tell = (held: boolean) => {
      socket.destroy();
      resolve(held);
    };
    socket.setTimeout(CONNECT_MS, () => tell(true));
    socket.on('connect', () => tell(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => tell(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

/** A short path to the same file, on Linux. */
function throughDescriptor(folder: number, file: string): string {
  return `/proc/self/fd/${folder}/${path.basename(file)}`;
}
