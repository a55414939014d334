import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../../harness/s3-front.ts';
import type { FaultCounts } from './fault-counts.ts';
import { documentOf, type PolicyFetch, type PolicyPlan, WRONG_DOCUMENT } from './policy-plan.ts';

/** Milliseconds that a late answer takes: longer than a record waits for the policy. */
const LATE_MS = 200;

/** The object of CAPTURE_POLICY_S3, as one environment gets it: each request for it has its planned outcome. */
export class PolicyInS3 {
  readonly #plan: PolicyPlan;
  readonly #faultCounts: FaultCounts;
  #fetches = 0;
  #answeredWrong = false;

  constructor(plan: PolicyPlan, faultCounts: FaultCounts) {
    this.#plan = plan;
    this.#faultCounts = faultCounts;
  }

  /** @param healthy whether S3 works from here on; a policy that is wrong or not there stays so */
  async meet(exchange: Exchange, healthy: boolean): Promise<void> {
    switch (this.#outcome(healthy)) {
      case 'answered':
        if (this.#answeredWrong) this.#faultCounts.count('policy: wrong, then mended');
        this.#answeredWrong = false;
        return answer(exchange, documentOf(this.#plan));
      case 'late':
        this.#faultCounts.count('policy: comes late');
        await sleep(LATE_MS);
        return answer(exchange, documentOf(this.#plan));
      case 'refused':
        this.#faultCounts.count('policy: S3 refuses it');
        return exchange.refuse({ status: 403, code: 'AccessDenied' });
      case 'answered 503':
        this.#faultCounts.count('policy: S3 refuses it');
        return exchange.refuse({ status: 503, code: 'SlowDown' });
      case 'not there':
        this.#faultCounts.count('policy: not there');
        return exchange.refuse({ status: 404, code: 'NoSuchKey' });
      case 'hangs':
        this.#faultCounts.count('policy: S3 hangs');
        return;
      case 'wrong':
        this.#faultCounts.count('policy: wrong');
        this.#answeredWrong = true;
        return answer(exchange, WRONG_DOCUMENT);
    }
  }

  #outcome(healthy: boolean): PolicyFetch {
    const { state, fetches } = this.#plan;
    if (state !== 'right') return state;
    return healthy ? 'answered' : (fetches[this.#fetches++] ?? 'answered');
  }
}

/** The document, or that it is still the one that is known. */
function answer(exchange: Exchange, text: string): void {
  const etag = `"${text.length}"`;
  const unchanged = exchange.request.headers['if-none-match'] === etag;
  exchange.answer({ status: unchanged ? 304 : 200, headers: { etag }, body: Buffer.from(unchanged ? '' : text) });
}
