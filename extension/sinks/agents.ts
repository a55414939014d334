import http from 'node:http';
import https from 'node:https';
import type { ProxyEnv } from '../configuration/proxy.ts';

/** Node's agents for the AWS SDK, for http and https. */
export function agentsOf(options: { keepAlive: boolean; proxy: ProxyEnv | undefined }) {
  const { keepAlive, proxy } = options;
  const agent = { keepAlive, ...(proxy && { proxyEnv: proxy }) };
  return { httpAgent: new http.Agent(agent), httpsAgent: new https.Agent(agent) };
}
