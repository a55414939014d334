import { testAgainst } from './golden.ts';

await testAgainst('test/oracles/huggingface/golden.jsonl', 'model');
