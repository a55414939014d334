import type { Log } from '../log.ts';
import type { AppendResult, Spool } from '../spool/spool.ts';

/** Why the spool does not take a line, as it is answered. */
export interface NotStored {
  code: 'SPOOL_FULL' | 'SPOOL_UNWRITABLE';
  message: string;
}

/** Stores lines, and logs why one could not be stored: once, until a line is stored again. */
export interface Storing {
  /** @returns undefined where the line is safe */
  store(...line: Parameters<Spool['append']>): NotStored | undefined;
}

export function createStoring(spool: Spool, log: Log): Storing {
  let trouble: Exclude<AppendResult, { stored: true }>['reason'] | undefined;

  return {
    store(...line) {
      const result = spool.append(...line);
      const before = trouble;
      trouble = result.stored ? undefined : result.reason;
      if (result.stored) return undefined;
      if (result.reason === 'full') {
        if (before !== 'full')
          log('ERROR', 'the spool is full: records are refused until some are delivered', { bytes: spool.bytes });
        const message = `The spool holds ${spool.bytes} bytes that are not delivered yet; raise CAPTURE_SPOOL_BYTES`;
        return { code: 'SPOOL_FULL', message };
      }
      if (before !== 'unwritable') log('ERROR', 'the spool cannot be written', { cause: result.cause.message });
      return { code: 'SPOOL_UNWRITABLE', message: 'The disk under CAPTURE_SPOOL_DIR does not take it' };
    },
  };
}
