export interface TurnLimits {
  /** Most turns at once. */
  atOnce: number;
  /** Most turns at once with a large body. */
  largeAtOnce: number;
  /** Bytes above which a body is large. */
  largeBytes: number;
  /** Most bodies that may wait for their turn, and the most bytes that these may have together. */
  waiting: number;
  waitingBytes: number;
}

/** The right to put one body on the wire. The holder must end it, once. */
export interface Turn {
  end(): void;
}

/** Decides which body goes on the wire next. */
export interface Turns {
  /**
   * Waits for a turn. First come, first served, with one exception: large bodies wait for each other, and a small one passes a large one that waits.
   *
   * @returns the turn; `timeout` when it has not come within `withinMs` milliseconds; `queue_full` at once when too many wait already
   */
  take(bytes: number, withinMs: number): Promise<Turn | 'timeout' | 'queue_full'>;
}

interface Waiter {
  bytes: number;
  large: boolean;
  begin: () => void;
}

/** A bounded queue before a bounded number of turns. */
export function createTurns({ atOnce, largeAtOnce, largeBytes, waiting, waitingBytes }: TurnLimits): Turns {
  const waiters = new Set<Waiter>(); // in the order in which they came
  let bytesWaiting = 0;
  let running = 0;
  let largeRunning = 0;

  const isFree = (large: boolean) => running < atOnce && (!large || largeRunning < largeAtOnce);

  function begin(large: boolean): Turn {
    running += 1;
    if (large) largeRunning += 1;
    return {
      end() {
        running -= 1;
        if (large) largeRunning -= 1;
        serve();
      },
    };
  }

  /** Starts the waiters that may start. It passes over large ones only, and `waitingBytes` allows few of these. */
  function serve(): void {
    for (const waiter of waiters) {
      if (running >= atOnce) return;
      if (isFree(waiter.large)) waiter.begin();
    }
  }

  function leave(waiter: Waiter): void {
    waiters.delete(waiter);
    bytesWaiting -= waiter.bytes;
  }

  return {
    async take(bytes, withinMs) {
      const large = bytes > largeBytes;
      if (isFree(large)) return begin(large); // those that wait need something that is not free
      if (waiters.size >= waiting || bytesWaiting + bytes > waitingBytes) return 'queue_full';
      return new Promise((resolve) => {
        const waiter: Waiter = {
          bytes,
          large,
          begin() {
            clearTimeout(timer);
            leave(waiter);
            resolve(begin(large));
          },
        };
        const timer = setTimeout(() => {
          leave(waiter);
          resolve('timeout');
        }, withinMs);
        waiters.add(waiter);
        bytesWaiting += bytes;
      });
    },
  };
}
