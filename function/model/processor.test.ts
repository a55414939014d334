import { expect, test } from 'vitest';
import { processorKind, weightForm } from './processor.ts';

/** As Linux writes it on x86: an entry for each processor, with the flags given. */
function cpuinfo(...processors: string[]): string {
  return processors
    .map(
      (flags, i) =>
        `processor\t: ${i}\nvendor_id\t: GenuineIntel\nflags\t\t: fpu sse4_1 ${flags}\nbogomips\t: 5000.00\n`,
    )
    .join('\n');
}

const AVX2 = 'avx fma avx2';
const AVX512 = `${AVX2} avx512f avx512dq avx512bw avx512vl`;
const ARM = 'processor\t: 0\nFeatures\t: fp asimd crc32 atomics asimddp\nCPU implementer\t: 0x41\n';

test.each([
  ['Haswell, Zen 2 and 3', cpuinfo(AVX2, AVX2), 'x64', 'avx2', 'unsigned'],
  ['Skylake: AVX-512 without VNNI', cpuinfo(AVX512), 'x64', 'avx2', 'unsigned'],
  ['Cascade Lake', cpuinfo(`${AVX512} avx512_vnni`), 'x64', 'avx512-vnni', 'signed'],
  ['Sapphire Rapids, Zen 5', cpuinfo(`${AVX512} avx_vnni avx512_vnni amx_int8`), 'x64', 'avx512-vnni', 'signed'],
  ['Alder Lake', cpuinfo(`${AVX2} avx_vnni`), 'x64', 'avx-vnni', 'signed'],
  ['AVX-512 whose VNNI a hypervisor hides', cpuinfo(`${AVX512} avx_vnni`), 'x64', 'avx2', 'unsigned'],
  ['VNNI of an AVX-512 that it hides in part', cpuinfo(`${AVX2} avx512f avx512_vnni`), 'x64', 'avx2', 'unsigned'],
  ['one processor of two with VNNI', cpuinfo(`${AVX512} avx512_vnni`, AVX2), 'x64', 'avx2', 'unsigned'],
  ['one processor of two with AVX-512', cpuinfo(`${AVX512} avx_vnni`, `${AVX2} avx_vnni`), 'x64', 'avx2', 'unsigned'],
  ['one processor of two with AVX2', cpuinfo(AVX2, ''), 'x64', 'x64', 'unsigned'],
  ['no AVX2', cpuinfo('avx'), 'x64', 'x64', 'unsigned'],
  ['a flag that only begins alike', cpuinfo(`${AVX2} avx_vnni_int8`), 'x64', 'avx2', 'unsigned'],
  ['VNNI in the name and not in the flags', `model name\t: avx512_vnni\n${cpuinfo(AVX2)}`, 'x64', 'avx2', 'unsigned'],
  ['Graviton', ARM, 'arm64', 'arm64', 'unsigned'],
  ['a Mac, or a file that nobody may read', undefined, 'x64', 'x64', 'unsigned'],
  ['a Mac of today', undefined, 'arm64', 'arm64', 'unsigned'],
  ['an empty file', '', 'x64', 'x64', 'unsigned'],
] as const)('%s', (_, text, arch, kind, weights) => {
  expect(processorKind(text, arch)).toBe(kind);
  expect(weightForm(text, arch)).toBe(weights);
});
