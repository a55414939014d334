import type net from 'node:net';

/** The connections of a server, with a limit to their number. */
export interface Connections {
  /**
   * Takes a new connection. Where there is no room, the connection that has been idle longest is closed, or the new one where none is idle: no
   * sender can keep others out with idle connections. No time-out closes them, because the clock of a frozen environment jumps at the thaw, and
   * an idle connection must not be closed just when the function uses it.
   */
  admit(socket: net.Socket): void;
  /** A request has begun on the connection: it is not idle. */
  begun(socket: net.Socket): void;
  /** The request is answered: the connection is the one that has been idle for the shortest time. */
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
      if (!busy.delete(socket) && !idle.delete(socket)) return; // it has been closed
      idle.add(socket);
    },
  };
}
