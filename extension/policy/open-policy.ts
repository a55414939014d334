import { setTimeout as sleep } from 'node:timers/promises';
import type { PolicyDocument } from '../../policy/document.ts';
import type { PolicyConfig, PolicyPlace } from '../configuration/policy-variables.ts';
import type { ProxyEnv } from '../configuration/proxy.ts';
import type { Log } from '../log.ts';
import { policyCache } from './policy-cache.ts';
import { PolicyHolder } from './policy-holder.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import { type GetSecret, keyOf } from './policy-key.ts';
import { PolicyLoader } from './policy-loader.ts';
import type { PolicySource, PolicyText } from './policy-source.ts';
import { readPolicyFile } from './policy-text.ts';
import type { PolicyObject } from './s3-policy.ts';

export interface PolicyParts {
  config: PolicyConfig;
  /** Where a key may be. */
  env: NodeJS.ProcessEnv;
  /** The spool's folder, for the cache. */
  dir: string;
  log: Log;
  /** Milliseconds on a monotonic clock that goes on while the environment is frozen. */
  ageNow: () => number;
}

/**
 * The policy of an extension. A document that is on this machine is in force, or has failed, when this resolves. Everything that needs the
 * network waits for the first `look()`.
 */
export async function openPolicy({ config, env, dir, log, ageNow }: PolicyParts): Promise<PolicyInForce> {
  const { place, onError, refreshMs, proxy } = config;
  const name = nameOf(place);
  const getSecret: GetSecret = async (id, signal) =>
    (await import('./secrets-manager.ts')).secretsManager(proxy)(id, signal);
  const holder = new PolicyHolder({ onError, log, sleep });
  const parts = {
    holder,
    keyOf: (document: PolicyDocument, signal: AbortSignal) => keyOf(document, env, getSecret, signal),
    refreshMs,
    log,
    ageNow,
    sleep,
  };
  let loader: PolicyLoader;
  if (place.kind === 's3') {
    const cache = policyCache(dir, name);
    loader = new PolicyLoader({ ...parts, source: inS3(name, place, proxy), cache });
    await loader.open(cache.read);
  } else {
    const text = once(() => ({ text: place.kind === 'file' ? readPolicyFile(place.file) : place.text }));
    loader = new PolicyLoader({
      ...parts,
      source: { name, changes: false, read: async () => text() },
      cache: undefined,
    });
    await loader.open(text);
  }
  return {
    record: holder.record,
    label: holder.label,
    settling: () => holder.settling(),
    look: () => loader.look(),
    status: holder.status,
  };
}

function inS3(name: string, object: PolicyObject, proxy: ProxyEnv | undefined): PolicySource {
  return {
    name,
    changes: true,
    read: async (known, signal) => (await import('./s3-policy.ts')).readS3Policy(object, proxy)(known, signal),
  };
}

/** The same, read once: what is there later is another policy, which nobody has asked for. */
function once(read: () => PolicyText): () => PolicyText {
  let text: PolicyText | undefined;
  return () => {
    text ??= read();
    return text;
  };
}

function nameOf(place: PolicyPlace): string {
  if (place.kind === 'inline') return 'CAPTURE_POLICY';
  return place.kind === 'file' ? place.file : `s3://${place.bucket}/${place.key}`;
}
