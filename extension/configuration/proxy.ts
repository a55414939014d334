/** The proxies that S3 is reached through, as Node's agents take them. */
export type ProxyEnv = {
  HTTP_PROXY?: string;
  HTTPS_PROXY?: string;
  /** It always has loopback: an S3 on this machine is reached without a proxy. */
  NO_PROXY: string;
};

const LOOPBACK = 'localhost,127.0.0.1-127.255.255.255,[::1],::1';
const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY'] as const;

/**
 * The proxies that an environment names. The variable in lower case comes before the one in upper case, as in curl. An address without a scheme
 * is http.
 *
 * @returns undefined where there are none that can be used
 */
export function proxyOf(env: NodeJS.ProcessEnv): ProxyEnv | undefined {
  const named = NAMES.flatMap((name) => {
    const proxy = usable(variable(env, name));
    return proxy === undefined ? [] : [[name, proxy]];
  });
  if (named.length === 0) return undefined;
  const exceptions = variable(env, 'NO_PROXY').split(/[\s,]+/);
  return { ...Object.fromEntries(named), NO_PROXY: [...exceptions, LOOPBACK].filter((one) => one !== '').join() };
}

/** The variables whose values are no address of an HTTP proxy. A value may hold a password and must not be logged. */
export function unusableProxies(env: NodeJS.ProcessEnv): string[] {
  return NAMES.filter((name) => variable(env, name) !== '' && usable(variable(env, name)) === undefined);
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return (env[name.toLowerCase()] || env[name] || '').trim();
}

function usable(text: string): string | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    return ['http:', 'https:'].includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
