import { randomUUID } from 'node:crypto';
import {
  type LostBefore,
  MAX_COUNT,
  MAX_ID_LENGTH,
  MAX_TOLD_COUNTS,
  MAX_UNANSWERED,
  type NotCapturedCounts,
  type NotCapturedReason,
  type Unanswered,
} from './wire.ts';

/**
 * The losses that are not told yet. All that there are go with each record until one of these is accepted; the receiver, which knows what it
 * has been told and what has come after all, counts each once.
 */
export interface Losses {
  /** Notes a record that never left. */
  notSent(eventId: string, reason: NotCapturedReason): void;
  /** Notes a record that left, and to which no answer came. */
  unanswered(eventId: string, reason: Unanswered['reason']): void;
  /** What a record tells, if there is anything. */
  toTell(eventId: string): LostBefore | undefined;
  /** A record was accepted that told this. */
  accepted(eventId: string, told: LostBefore | undefined): void;
}

export function createLosses(): Losses {
  /** Not told by any record yet. */
  let counts: NotCapturedCounts = {};
  const told = new Map<string, NotCapturedCounts>();
  const unanswered = new Map<string, Unanswered['reason']>();

  function count(reason: NotCapturedReason): void {
    counts[reason] = Math.min((counts[reason] ?? 0) + 1, MAX_COUNT);
  }

  return {
    notSent(eventId, reason) {
      if (!unanswered.has(eventId)) count(reason); // else it was sent before, and is told of
    },
    unanswered(eventId, reason) {
      const known = unanswered.has(eventId) || (unanswered.size < MAX_UNANSWERED && isId(eventId));
      if (known) unanswered.set(eventId, reason);
      else count(reason); // if it has come after all, it still counts as lost
    },
    toTell(eventId) {
      if (Object.keys(counts).length > 0 && told.size < MAX_TOLD_COUNTS) {
        told.set(randomUUID(), counts);
        counts = {};
      }
      const others = Array.from(unanswered, ([id, reason]) => ({ eventId: id, reason }));
      const entries = others.filter((entry) => entry.eventId !== eventId);
      if (told.size === 0 && entries.length === 0) return undefined;
      return {
        ...(told.size > 0 && { counts: Array.from(told, ([id, records]) => ({ id, ...records })) }),
        ...(entries.length > 0 && { unanswered: entries }),
      };
    },
    accepted(eventId, lostBefore) {
      unanswered.delete(eventId);
      for (const { id } of lostBefore?.counts ?? []) told.delete(id);
      for (const entry of lostBefore?.unanswered ?? []) unanswered.delete(entry.eventId);
    },
  };
}

/** What the receiver would not take for an id must not be in any other record either: it would be refused for it. */
function isId(eventId: unknown): boolean {
  return typeof eventId === 'string' && eventId.length > 0 && eventId.length <= MAX_ID_LENGTH;
}
