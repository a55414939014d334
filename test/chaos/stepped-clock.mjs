/** Loaded into a process before anything else: its wall clock is off by as many milliseconds as the file CHAOS_CLOCK says. */
import { readFileSync } from 'node:fs';

const trueNow = Date.now;
const file = process.env.CHAOS_CLOCK;
const now = () => trueNow() + Number(readFileSync(file, 'utf8'));

globalThis.Date = class extends Date {
  constructor(...args) {
    if (args.length === 0) super(now());
    else super(...args);
  }

  static now() {
    return now();
  }
};
