import { testAgainst } from '../../fixtures/golden.ts';

await testAgainst('test/oracles/huggingface/golden.jsonl', 'model');
