import { OpenSegment as Original } from '../../../extension/spool/segment.ts';

export * from '../../../extension/spool/segment.ts';

/** Takes the file of the open segment for intact, whatever happened to it. */
export class OpenSegment extends Original {
  override isIntact(): boolean {
    return true;
  }

  override hasItsName(): boolean {
    return true;
  }
}
