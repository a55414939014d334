import type { PolicyDocument } from '../../policy/document.ts';
import { PolicyFault } from './policy-failure.ts';

/** Least bytes of the key for keyed hashes: a shorter one can be found by trying. */
const MIN_KEY_BYTES = 16;

/** Gets a secret from Secrets Manager: text, or bytes. */
export type GetSecret = (id: string, signal: AbortSignal) => Promise<string | Uint8Array>;

/** Whether the key is elsewhere, so that it takes a request to get it. */
export function isRemote(key: PolicyDocument['key']): boolean {
  return key !== undefined && 'secret' in key;
}

/**
 * The key that a document names. The bytes of a text are its UTF-8, without white space around it; those of a binary secret are as they are.
 *
 * @throws PolicyFault where there is none or it is too short; whatever `getSecret` throws
 */
export async function keyOf(
  { key }: PolicyDocument,
  env: NodeJS.ProcessEnv,
  getSecret: GetSecret,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (key === undefined) return undefined;
  const [place, value] =
    'variable' in key
      ? [`the variable ${key.variable}`, env[key.variable] ?? '']
      : [`the secret ${key.secret}`, await getSecret(key.secret, signal)];
  const bytes = typeof value === 'string' ? Buffer.from(value.trim()) : Buffer.from(value);
  if (bytes.length >= MIN_KEY_BYTES) return bytes;
  throw new PolicyFault(`Expected a key of at least ${MIN_KEY_BYTES} bytes in ${place}, got ${bytes.length}`, {
    wrong: false,
    remedy: 'put a key there: openssl rand -hex 32',
  });
}
