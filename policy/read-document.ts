import * as v from 'valibot';
import { PolicyDocument } from './document.ts';

/** A stand-in: reads JSON only. @throws Error where the text is no policy */
export function readPolicyDocument(text: string): PolicyDocument {
  return v.parse(PolicyDocument, JSON.parse(text));
}
