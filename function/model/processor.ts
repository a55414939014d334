import { readFileSync } from 'node:fs';

/** How the 8-bit weights of a model are written: the same numbers, with a zero point that is 128 less where they are signed. */
export type WeightForm = 'signed' | 'unsigned';

/** What a processor multiplies 8-bit numbers with, by the conditions of onnxruntime: one of the three, or else the architecture. */
export type ProcessorKind = 'avx512-vnni' | 'avx-vnni' | 'avx2' | NodeJS.Architecture;

const AVX512 = ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];

/**
 * The kind of a machine's processors; where they differ, one that all of them are.
 *
 * @param cpuinfo what /proc/cpuinfo holds; undefined where there is none
 */
export function processorKind(cpuinfo: string | undefined, arch: NodeJS.Architecture): ProcessorKind {
  const processors = Array.from(cpuinfo?.matchAll(/^flags\s*:(.*)$/gm) ?? [], ([, flags]) => flags!.split(' '));
  const has = (...flags: string[]) => processors.every((processor) => flags.every((flag) => processor.includes(flag)));
  if (arch !== 'x64' || processors.length === 0 || !has('avx2')) return arch;
  if (has(...AVX512, 'avx512_vnni')) return 'avx512-vnni';
  // Of a processor with AVX-512, onnxruntime uses no other VNNI than that of AVX-512.
  const withAvx512 = processors.some((processor) => AVX512.every((flag) => processor.includes(flag)));
  return has('avx_vnni') && !withAvx512 ? 'avx-vnni' : 'avx2';
}

/**
 * The form of the weights with which a model is right on a processor, and of two such the faster.
 *
 * With VNNI, signed weights are exact, and unsigned ones slower: onnxruntime uses the instruction for signed ones alone. With AVX2 or
 * AVX-512 without VNNI, onnxruntime adds two products of signed weights in 16 bits, which cuts what is larger, and unsigned ones are exact. On arm64
 * both are exact and go the same way. What is not known gets what is exact everywhere.
 *
 * Source: `platform.cpp` and `qgemm.h` of MLAS, which is onnxruntime's library of kernels.
 *
 * @param cpuinfo what /proc/cpuinfo holds; undefined where there is none
 */
export function weightForm(cpuinfo: string | undefined, arch: NodeJS.Architecture): WeightForm {
  const kind = processorKind(cpuinfo, arch);
  return kind === 'avx512-vnni' || kind === 'avx-vnni' ? 'signed' : 'unsigned';
}

/** The kind of the processors of this machine, and the form for them. /proc/cpuinfo is Linux's; other systems get what is exact everywhere. */
export function thisProcessor(): { kind: ProcessorKind; weights: WeightForm } {
  let cpuinfo: string | undefined;
  try {
    cpuinfo = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // No Linux, or nobody may read it.
  }
  return { kind: processorKind(cpuinfo, process.arch), weights: weightForm(cpuinfo, process.arch) };
}
