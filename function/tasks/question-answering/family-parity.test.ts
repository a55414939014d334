import { readdirSync } from 'node:fs';
import { describe } from 'vitest';
import { testAgainst } from '../../fixtures/golden.ts';

const MODELS = 'test/oracles/huggingface/models';

// fp32: these models give the same logits on every processor.
for (const family of readdirSync(MODELS)) {
  describe(family, () => testAgainst(`${MODELS}/${family}/golden.jsonl`, `${MODELS}/${family}`));
}
