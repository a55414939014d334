import { element, xmlDocument } from './xml.ts';

const STATUS = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketAlreadyOwnedByYou: 409,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidRange: 416,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
} as const;
export type S3ErrorCode = keyof typeof STATUS;

/** An error of S3. */
export class S3Error extends Error {
  override name = 'S3Error';
  readonly code: S3ErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  /** @param details further elements of the answer, by their names */
  constructor(code: S3ErrorCode, message: string, details: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** @param resource the path that was asked for */
  toXml(resource: string, requestId: string): string {
    return xmlDocument(
      'Error',
      element('Code', this.code) +
        element('Message', this.message) +
        Object.entries(this.details)
          .map(([name, value]) => element(name, value))
          .join('') +
        element('Resource', resource) +
        element('RequestId', requestId),
    );
  }
}
