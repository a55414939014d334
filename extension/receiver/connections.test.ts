import type net from 'node:net';
import { duplexPair } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConnections } from './connections.ts';

const MOST = 4;
const newSocket = () => duplexPair()[0] as net.Socket;

/** Steps on the sockets that have come so far, by a number that is taken modulo of these. */
const step = fc.oneof(
  fc.constant({ do: 'admit' as const, which: 0 }),
  fc.record({ do: fc.constantFrom('begun' as const, 'answered' as const, 'closed' as const), which: fc.nat() }),
);

test('never more than so many are open; a new one takes the place of the one that is idle longest, and of none that has a request', () => {
  fc.assert(
    fc.property(fc.array(step, { size: 'max', maxLength: 60 }), (steps) => {
      const connections = createConnections(MOST);
      const all: net.Socket[] = [];
      let idle: net.Socket[] = []; // the one that is idle longest comes first
      let unanswered: net.Socket[] = []; // a socket for each of its requests
      const without = (sockets: net.Socket[], socket: net.Socket) => sockets.filter((each) => each !== socket);

      for (const { do: what, which } of steps) {
        const socket = what === 'admit' ? newSocket() : all[which % (all.length || 1)];
        if (socket === undefined || (what !== 'admit' && socket.destroyed)) continue;
        if (what === 'admit') {
          all.push(socket);
          connections.admit(socket);
          if (new Set([...idle, ...unanswered]).size < MOST) idle.push(socket);
          else if (idle.length > 0) idle = [...idle.slice(1), socket];
        } else if (what === 'begun') {
          connections.begun(socket);
          idle = without(idle, socket);
          unanswered.push(socket);
        } else if (what === 'answered') {
          connections.answered(socket);
          if (!unanswered.includes(socket)) continue;
          unanswered.splice(unanswered.indexOf(socket), 1);
          if (!unanswered.includes(socket)) idle.push(socket);
        } else {
          socket.destroy().emit('close');
          idle = without(idle, socket);
          unanswered = without(unanswered, socket);
        }
        const open = all.filter((each) => !each.destroyed);
        expect(open.length).toBeLessThanOrEqual(MOST);
        expect(new Set(open)).toEqual(new Set([...idle, ...unanswered]));
        for (const each of all)
          expect(connections.unanswered(each)).toBe(unanswered.filter((one) => one === each).length);
      }
    }),
  );
});
