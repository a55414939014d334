import * as v from 'valibot';

export const FUNCTION = 'AWS::Serverless::Function';
export const API = 'AWS::Serverless::Api';
export const BUCKET = 'AWS::S3::Bucket';

const Properties = v.looseObject({});
const Resource = v.looseObject({ Type: v.string(), Properties: v.optional(Properties, {}) });

/** The frame of a template. The code that reads a part checks what is in it. */
export const TemplateDocument = v.looseObject({
  Parameters: v.optional(
    v.record(v.string(), v.looseObject({ Type: v.optional(v.string()), Default: v.optional(v.unknown()) })),
    {},
  ),
  Globals: v.optional(v.looseObject({ Function: v.optional(Properties, {}), Api: v.optional(Properties, {}) }), {}),
  Resources: v.record(v.string(), Resource),
});
export type TemplateDocument = v.InferOutput<typeof TemplateDocument>;
export type Resource = v.InferOutput<typeof Resource>;

export function resourcesOf(document: TemplateDocument, type: string): [id: string, resource: Resource][] {
  return Object.entries(document.Resources).filter(([, resource]) => resource.Type === type);
}
