import type { Path } from './intrinsics.ts';

// Keys that the emulator does not read, and that change nothing for a function on this machine. Every other key that it does not read may
// change what happens, so the emulator warns of it.

const WITHOUT_EFFECT: Readonly<Record<string, readonly string[]>> = {
  template: [
    'AWSTemplateFormatVersion',
    'Transform',
    'Description',
    'Metadata',
    'Parameters',
    'Mappings',
    'Conditions',
    'Rules',
    'Outputs',
  ],
  resource: ['Type', 'Properties', 'Metadata', 'DependsOn', 'DeletionPolicy', 'UpdateReplacePolicy'],
  'AWS::Serverless::Function': [
    'PackageType',
    'CodeUri',
    'ImageUri',
    'Description',
    'Tags',
    'PropagateTags',
    'Role',
    'RolePath',
    'Policies',
    'PermissionsBoundary',
    'AssumeRolePolicyDocument',
    'Architectures',
    'AutoPublishAlias',
    'DeploymentPreference',
    'KmsKeyArn',
    'VersionDescription',
  ],
  'AWS::Serverless::Api': ['Name', 'Description', 'Tags', 'PropagateTags', 'EndpointConfiguration', 'OpenApiVersion'],
  'AWS::S3::Bucket': [
    'AccessControl',
    'AnalyticsConfigurations',
    'BucketEncryption',
    'IntelligentTieringConfigurations',
    'InventoryConfigurations',
    'LifecycleConfiguration',
    'LoggingConfiguration',
    'MetricsConfigurations',
    'OwnershipControls',
    'PublicAccessBlockConfiguration',
    'ReplicationConfiguration',
    'Tags',
  ],
};
/** A layer alone does nothing: the emulator reports it where a function takes it. */
const RESOURCES_WITHOUT_EFFECT =
  /^AWS::(Serverless::LayerVersion|Lambda::LayerVersion|S3::BucketPolicy|Lambda::Permission|IAM::\w+|KMS::\w+|Logs::\w+|CloudWatch::\w+)$/;

/** Reports the keys of a map that the emulator does not read, except those without effect. */
export function reportIgnored(
  map: unknown,
  kind: string,
  read: readonly string[],
  path: Path,
  report: (path: Path, why: string) => void,
): void {
  if (typeof map !== 'object' || map === null) return;
  const known = [...read, ...(WITHOUT_EFFECT[kind] ?? [])];
  for (const key of Object.keys(map)) if (!known.includes(key)) report([...path, key], 'is ignored here');
}

/** @param read the types of resources that the emulator has */
export function reportIgnoredResources(
  resources: Readonly<Record<string, { Type: string }>>,
  read: readonly string[],
  report: (path: Path, why: string) => void,
): void {
  for (const [id, resource] of Object.entries(resources)) {
    const path = ['Resources', id];
    if (RESOURCES_WITHOUT_EFFECT.test(resource.Type)) continue;
    if (read.includes(resource.Type)) reportIgnored(resource, 'resource', [], path, report);
    else report([...path, 'Type'], `is ignored here: the emulator has no ${resource.Type}`);
  }
}
