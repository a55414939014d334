import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';

const PREFIX = 'process-';
const LOCK_SUFFIX = '.lock';
/** Most bytes of a socket's path, on the system that allows the fewest. */
const MAX_SOCKET_PATH = 103;
/** Most milliseconds that a connection to a lock may take: the kernel makes or refuses it at once. */
const CONNECT_MS = 1_000;

/** The folder of this process in the spool. */
export interface Home {
  readonly folder: string;
  /** Makes the folder and its lock where they are missing. @throws when the disk refuses */
  ensure(): void;
}

/** Whether a folder in the spool belongs to one process, from its name. */
export function isProcessFolder(name: string): boolean {
  return name.startsWith(PREFIX);
}

/**
 * The folder of one process in the spool, and the lock that says that the process lives: a socket next to the folder. The socket takes
 * connections as long as the process exists, frozen or not, and refuses them from the moment that the process ends in any way. A lock never
 * passes to another process, so no process has to break one. docs/decisions/folder-of-its-own.md
 */
export class OwnFolder implements Home {
  readonly folder: string;
  readonly #root: string;
  readonly #onUnlocked: (error: Error) => void;
  #server: net.Server | undefined;
  /** The descriptor of the spool's folder, where the path of the lock is too long for a socket. */
  #rootFd: number | undefined;

  /**
   * @param root the spool's folder
   * @param id of this process, which no other has
   * @param onUnlocked called where the file system has no sockets: other processes then take this one for dead
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
    // The lock comes first: a folder without a lock counts as abandoned.
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

/** The folders in the spool whose processes have ended, and the spool's own folder, which belongs to no process. Changes nothing. */
export async function abandonedFolders(root: string): Promise<string[]> {
  let names: string[];
  try {
    names = fs.readdirSync(root).filter((name) => isProcessFolder(name) && !name.endsWith(LOCK_SUFFIX));
  } catch {
    return []; // it does not exist yet, or cannot be read: OwnFolder.ensure() then says why
  }
  const folders = names.map((name) => path.join(root, name));
  const abandoned = await Promise.all(folders.map(async (folder) => !(await isHeld(folder + LOCK_SUFFIX))));
  return [root, ...folders.filter((_, i) => abandoned[i])];
}

/** Removes the empty folders below a folder, then the folder itself if it is empty, and the lock of a process's folder. Never removes a file of others. */
export function clearAway(folder: string): void {
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !isProcessFolder(entry.name)) clearAway(path.join(folder, entry.name));
    }
    fs.rmdirSync(folder);
    if (isProcessFolder(path.basename(folder))) fs.rmSync(folder + LOCK_SUFFIX, { force: true });
  } catch {
    // The folder holds something, or is gone.
  }
}

/** Whether the process that made a lock lives. Where that cannot be found out, it counts as alive. */
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
