import { hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { MAX_POLICY_BYTES } from '../../policy/policy.ts';
import type { PolicyText } from './policy-source.ts';

/** The first line of the file; the document follows it. */
const Head = v.object({ place: v.string(), etag: v.string(), sha256: v.string() });
const MAX_HEAD_BYTES = 4096;

/** The last good document of one place, on disk: an extension that is started anew in the same environment has it at once. It is no secret. */
export interface PolicyCache {
  /** Undefined where there is none, or where the file is not exactly as this user has written it for this place. */
  read(): PolicyText | undefined;
  /** Does nothing where the disk refuses. */
  write(text: PolicyText): void;
}

/** @param place such as `s3://bucket/key`; each has a file of its own */
export function policyCache(dir: string, place: string): PolicyCache {
  const file = path.join(dir, `policy-${hash('sha256', place).slice(0, 16)}`);
  return {
    read() {
      try {
        const content = readOwn(file);
        const end = content.indexOf('\n');
        const { etag, sha256, ...head } = v.parse(Head, JSON.parse(content.slice(0, end)));
        const text = content.slice(end + 1);
        return head.place === place && hash('sha256', text) === sha256 ? { text, etag } : undefined;
      } catch {
        return undefined;
      }
    },
    write({ text, etag = '' }) {
      const partial = `${file}.partial`;
      try {
        fs.mkdirSync(dir, { recursive: true });
        fs.rmSync(partial, { force: true });
        const head = JSON.stringify({ place, etag, sha256: hash('sha256', text) });
        fs.writeFileSync(partial, `${head}\n${text}`, { flag: 'wx', mode: 0o600 });
        fs.renameSync(partial, file);
      } catch {
        // The next start loads the policy from its place.
      }
    },
  };
}

/** A file of this user that nobody else may write or read. @throws where it is another */
function readOwn(file: string): string {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const { uid, mode, size } = fs.fstatSync(fd);
    const isOurs = uid === process.getuid?.() && mode === (fs.constants.S_IFREG | 0o600);
    if (!isOurs || size > MAX_POLICY_BYTES + MAX_HEAD_BYTES) throw new Error('it is no file of ours');
    return fs.readFileSync(fd, 'utf8');
  } finally {
    fs.closeSync(fd);
  }
}
