import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ProxyEnv } from '../configuration/proxy.ts';
import { agentsOf } from '../sinks/agents.ts';
import type { GetSecret } from './policy-key.ts';

/** Gets secrets from AWS Secrets Manager: from the region in an ARN, or else from that of the function. */
export function secretsManager(proxy: ProxyEnv | undefined): GetSecret {
  return async (id, abortSignal) => {
    const [, region] = /^arn:[^:]+:secretsmanager:([^:]+):/.exec(id) ?? [];
    const client = new SecretsManagerClient({
      ...(region !== undefined && { region }),
      maxAttempts: 1, // policy-loader.ts tries again
      requestHandler: agentsOf({ keepAlive: false, proxy }),
    });
    try {
      const { SecretString, SecretBinary } = await client.send(new GetSecretValueCommand({ SecretId: id }), {
        abortSignal,
      });
      return SecretString ?? SecretBinary ?? '';
    } finally {
      client.destroy();
    }
  };
}
