import { randomUUID } from 'node:crypto';
import {
  type LostBefore,
  MAX_COUNT,
  MAX_ID_LENGTH,
  MAX_REPORTED_COUNTS,
  MAX_UNANSWERED,
  type NotCapturedCounts,
  type NotCapturedReason,
  type Unanswered,
} from './wire.ts';

/**
 * The losses of a sender that the receiver does not know yet. Each record reports all of them, until a record that did is accepted. The
 * receiver recognises what was reported before and what has come after all, so it counts each loss once.
 */
export interface Losses {
  /** Notes a record that was never sent. */
  notSent(eventId: string, reason: NotCapturedReason): void;
  /** Notes a record that was sent and got no answer. */
  unanswered(eventId: string, reason: Unanswered['reason']): void;
  /** What a record reports, if there is anything. */
  toReport(eventId: string): LostBefore | undefined;
  /** Notes that a record with this report was accepted. */
  accepted(eventId: string, reported: LostBefore | undefined): void;
}

export function createLosses(): Losses {
  /** Not in any report yet. */
  let counts: NotCapturedCounts = {};
  /** In a report that was not accepted yet, by the id of the counts. */
  const reportedCounts = new Map<string, NotCapturedCounts>();
  const unanswered = new Map<string, Unanswered['reason']>();

  function count(reason: NotCapturedReason): void {
    counts[reason] = Math.min((counts[reason] ?? 0) + 1, MAX_COUNT);
  }

  return {
    notSent(eventId, reason) {
      if (!unanswered.has(eventId)) count(reason); // else it was sent before, and is reported by its id
    },
    unanswered(eventId, reason) {
      const fits = unanswered.has(eventId) || (unanswered.size < MAX_UNANSWERED && isId(eventId));
      if (fits) unanswered.set(eventId, reason);
      else count(reason); // if it has come after all, it still counts as lost
    },
    toReport(eventId) {
      if (Object.keys(counts).length > 0 && reportedCounts.size < MAX_REPORTED_COUNTS) {
        reportedCounts.set(randomUUID(), counts);
        counts = {};
      }
      const all = Array.from(unanswered, ([id, reason]) => ({ eventId: id, reason }));
      const others = all.filter((entry) => entry.eventId !== eventId);
      if (reportedCounts.size === 0 && others.length === 0) return undefined;
      return {
        ...(reportedCounts.size > 0 && { counts: Array.from(reportedCounts, ([id, records]) => ({ id, ...records })) }),
        ...(others.length > 0 && { unanswered: others }),
      };
    },
    accepted(eventId, reported) {
      unanswered.delete(eventId);
      for (const { id } of reported?.counts ?? []) reportedCounts.delete(id);
      for (const entry of reported?.unanswered ?? []) unanswered.delete(entry.eventId);
    },
  };
}

/** A record is refused for anything in it that the receiver does not take for an id. So no report may hold such a text. */
function isId(eventId: unknown): boolean {
  return typeof eventId === 'string' && eventId.length > 0 && eventId.length <= MAX_ID_LENGTH;
}
