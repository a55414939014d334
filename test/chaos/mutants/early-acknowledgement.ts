import type { AppendResult } from '../../../extension/spool/spool.ts';
import { Spool as Original } from '../../../extension/spool/spool.ts';

export * from '../../../extension/spool/spool.ts';

/** Says that a record is stored, and writes it 5 ms later. */
export class Spool extends Original {
  override append(...line: Parameters<Original['append']>): AppendResult {
    setTimeout(() => super.append(...line), 5);
    return { stored: true };
  }
}
