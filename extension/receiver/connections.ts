import type net from 'node:net';

/** The connections of a server, of which there are never more than a number. */
export interface Connections {
  /**
   * Takes a new connection. Where there is no room, the one that has been idle longest is closed for it, and it itself where none is idle: so
   * nobody keeps others out by doing nothing. No clock decides that, for the clock of a frozen environment jumps at the thaw, and an idle
   * connection must not be closed just as the function uses it.
   */
  admit(socket: net.Socket): void;
  /** A request has begun on it: it is not idle. */
  begun(socket: net.Socket): void;
  /** Its request is answered: it is the one that has been idle for the shortest time. */
  answered(socket: net.Socket): void;
}

export function createConnections(most: number): Connections {
  const busy = new Set<net.Socket>();
  const idle = new Set<net.Socket>(); // the one that has been idle longest comes first

  function forget(socket: net.Socket): void {
    busy.delete(socket);
    idle.delete(socket);
  }

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
      if (idle.delete(socket)) busy.add(socket);
    },
    answered(socket) {
      if (!busy.delete(socket) && !idle.delete(socket)) return; // closed meanwhile
      idle.add(socket);
    },
  };
}
