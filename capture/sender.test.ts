import { expect, test } from 'vitest';
import { senderOf } from './sender.ts';

const rest = (requestContext: object, others = {}) => ({ httpMethod: 'POST', body: '{}', requestContext, ...others });
const http = (requestContext: object) => ({
  version: '2.0',
  requestContext: { http: { method: 'POST' }, ...requestContext },
});
const URL = { domainName: 'abc123.lambda-url.eu-central-1.on.aws' };
const ARN = 'arn:aws:sts::123456789012:assumed-role/reader/session';
const claims = { sub: 'user-1', iss: 'https://issuer' };

test.each<[string, unknown, string, string?]>([
  ['a REST API', rest({ identity: { sourceIp: '1.2.3.4', apiKeyId: null, userArn: null } }), 'api-gateway-rest'],
  ['a REST API with a key', rest({ identity: { apiKeyId: 'k-1', userArn: ARN } }), 'api-gateway-rest', 'k-1'],
  ['a REST API with IAM', rest({ identity: { apiKeyId: null, userArn: ARN } }), 'api-gateway-rest', ARN],
  ['a REST API with Cognito', rest({ authorizer: { claims } }), 'api-gateway-rest', 'user-1'],
  ['a REST API with a Lambda authorizer', rest({ authorizer: { principalId: 'p' } }), 'api-gateway-rest', 'p'],
  ['a REST API with no context', rest(undefined as never), 'api-gateway-rest'],
  ['an HTTP API', http({ domainName: 'a.execute-api.eu-central-1.amazonaws.com' }), 'api-gateway-http'],
  ['an HTTP API with JWT', http({ authorizer: { jwt: { claims } } }), 'api-gateway-http', 'user-1'],
  ['an HTTP API with IAM', http({ authorizer: { iam: { userArn: ARN } } }), 'api-gateway-http', ARN],
  ['an HTTP API of format 1.0', rest({ authorizer: { claims } }, { version: '1.0' }), 'api-gateway-http', 'user-1'],
  ['a Function URL', http(URL), 'function-url'],
  ['a Function URL with IAM', http({ ...URL, authorizer: { iam: { userArn: ARN } } }), 'function-url', ARN],
  [
    'a load balancer',
    rest({ elb: { targetGroupArn: 'arn' } }, { headers: { 'x-amzn-oidc-identity': 'me' } }),
    'load-balancer',
  ],
  ['a message of SQS', { eventSource: 'aws:sqs', body: '{}', attributes: { SenderId: 'AROA:s' } }, 'sqs', 'AROA:s'],
  ['SNS', { Records: [{ EventSource: 'aws:sns', Sns: { Message: '{}' } }] }, 'sns'],
  ['EventBridge', { 'detail-type': 'Asked', source: 'my.app', detail: {} }, 'eventbridge'],
  ['a direct invocation', { question: 'Who?' }, 'direct'],
  ['a direct invocation that claims to be somebody', { attributes: { SenderId: 'me' } }, 'direct'],
  ['nothing', null, 'direct'],
  ['a text', 'text', 'direct'],
])('of an event of %s source and caller are known as AWS tells them', (_, event, source, caller) => {
  expect(senderOf(event)).toEqual(caller === undefined ? { source } : { source, caller });
});

test('a caller that is longer than an id may be, or no text, is not told: the record must not be refused for it', () => {
  const userArn = `arn:aws:iam::123456789012:user/${'path/'.repeat(60)}name`;
  for (const apiKeyId of [userArn, 7, {}, '']) {
    expect(senderOf(rest({ identity: { apiKeyId } }))).toEqual({ source: 'api-gateway-rest' });
  }
});
