import type { Duplex } from 'node:stream';

/** The connections of a server, with a limit to their number. */
export interface Connections {
  /**
   * Takes a new connection. Where there is no room, the connection that has been idle longest is closed, or the new one where none is idle: no
   * sender can keep others out with idle connections. No time-out closes them, because the clock of a frozen environment jumps at the thaw, and
   * an idle connection must not be closed just when the function uses it.
   */
  admit(socket: Duplex): void;
  /** A request has begun on the connection: it is not idle. A sender need not wait for an answer before its next request. */
  begun(socket: Duplex): void;
  /** A request is answered. Where it was the last one, the connection is the one that has been idle for the shortest time. */
  answered(socket: Duplex): void;
  /** The requests that have begun on the connection and are not answered. */
  unanswered(socket: Duplex): number;
}

export function createConnections(most: number): Connections {
  /** Their requests. */
  const busy = new Map<Duplex, number>();
  const idle = new Set<Duplex>(); // the one that has been idle longest comes first

  function forget(socket: Duplex): void {
    busy.delete(socket);
    idle.delete(socket);
  }

  const unanswered = (socket: Duplex) => busy.get(socket) ?? 0;

  return {
    admit(socket) {
      if (busy.size + idle.size >= most) {
        const [longestIdle = socket] = idle;
        forget(longestIdle);
        longestIdle.destroy();
        if (longestIdle === socket) return;
      }
      idle.add(socket);
      socket.once('close', () => forget(socket));
    },
    begun(socket) {
      if (idle.delete(socket) || busy.has(socket)) busy.set(socket, unanswered(socket) + 1);
    },
    answered(socket) {
      if (!busy.has(socket)) return; // it has been closed
      if (unanswered(socket) > 1) busy.set(socket, unanswered(socket) - 1);
      else {
        busy.delete(socket);
        idle.add(socket);
      }
    },
    unanswered,
  };
}
