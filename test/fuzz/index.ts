/** `make fuzz REQUESTS=1000000 SEED=n`: attacks the built extension and prints what became of it. */
import { campaign } from './campaign.ts';
import { startTarget } from './target.ts';

const requests = wholeNumber('REQUESTS', 100_000, 1);
const seed = wholeNumber('SEED', 1, 0);
await using target = await startTarget('dist/extension/extensions/inference-capture');
let reportedMs = 0;
const { failures, rssMb, stats, ms } = await campaign(
  { requests, seed },
  target,
  (done, { ms: elapsedMs, rssMb: memory }) => {
    if (elapsedMs - reportedMs < 5000) return;
    reportedMs = elapsedMs;
    const leftSeconds = ((elapsedMs / done) * (requests - done)) / 1000;
    console.log(`${done} of ${requests} requests, ${memory.last.toFixed()} MB, about ${Math.ceil(leftSeconds)} s left`);
  },
);
for (const failure of failures) {
  console.log(`\n${failure.why}\n  again: make fuzz REQUESTS=${failure.requests} SEED=${failure.seed}`);
}
const reasons = Object.entries(stats.dropped).filter(([, records]) => records > 0);
console.log(
  `\n${requests} requests from seed ${seed} in ${(ms / 1000).toFixed()} s (${Math.round((requests / ms) * 1000)} a second), ${failures.length} failures\n` +
    `records: ${stats.received} received, ${stats.delivered} delivered, ${reasons.map(([reason, records]) => `${records} ${reason}`).join(', ')}\n` +
    `memory of the extension: ${rssMb.first.toFixed(1)} MB after the first bursts, ${rssMb.most.toFixed(1)} MB at most, ${rssMb.last.toFixed(1)} MB at the end`,
);
process.exitCode = failures.length > 0 ? 1 : 0;

function wholeNumber(name: string, standard: number, least: number): number {
  const text = process.env[name] || String(standard);
  if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
  console.error(`Expected ${name} to be a whole number from ${least} to 999999999, got "${text}"`);
  process.exit(2);
}
