import { readFileSync } from 'node:fs';

/** The type of a model's 8-bit weights. The numbers are the same; the zero point of signed weights is 128 less. */
export type WeightForm = 'signed' | 'unsigned';

/** The instructions with which onnxruntime multiplies 8-bit numbers on a processor; for any other processor, its architecture. */
export type ProcessorKind = 'avx512-vnni' | 'avx-vnni' | 'avx2' | NodeJS.Architecture;

const AVX512 = ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];

/**
 * The kind of a machine's processors. Where they differ, a kind that fits all of them.
 *
 * @param cpuinfo the content of /proc/cpuinfo; undefined where there is none
 */
export function processorKind(cpuinfo: string | undefined, arch: NodeJS.Architecture): ProcessorKind {
  const processors = Array.from(cpuinfo?.matchAll(/^flags\s*:(.*)$/gm) ?? [], ([, flags]) => flags!.split(' '));
  const has = (...flags: string[]) => processors.every((processor) => flags.every((flag) => processor.includes(flag)));
  if (arch !== 'x64' || processors.length === 0 || !has('avx2')) return arch;
  if (has(...AVX512, 'avx512_vnni')) return 'avx512-vnni';
  // On a processor with AVX-512, onnxruntime does not use AVX-VNNI.
  const withAvx512 = processors.some((processor) => AVX512.every((flag) => processor.includes(flag)));
  return has('avx_vnni') && !withAvx512 ? 'avx-vnni' : 'avx2';
}

/**
 * The form of the weights that a processor multiplies exactly; where it does so with both, the faster.
 *
 * With VNNI both forms are exact and unsigned weights are slower, as onnxruntime uses VNNI for signed weights only. With AVX2, or AVX-512 without VNNI, onnxruntime adds two
 * products of signed weights in 16 bits, which can overflow, and unsigned weights are exact. On arm64 both are exact and equally fast. An unknown processor gets unsigned
 * weights, which are exact everywhere.
 *
 * Source: `platform.cpp` and `qgemm.h` of MLAS, onnxruntime's library of kernels.
 *
 * @param cpuinfo the content of /proc/cpuinfo; undefined where there is none
 */
export function weightForm(cpuinfo: string | undefined, arch: NodeJS.Architecture): WeightForm {
  const kind = processorKind(cpuinfo, arch);
  return kind === 'avx512-vnni' || kind === 'avx-vnni' ? 'signed' : 'unsigned';
}

/** The kind of this machine's processors, and the form for them. Systems without /proc/cpuinfo get the form that is exact everywhere. */
export function thisProcessor(): { kind: ProcessorKind; weights: WeightForm } {
  let cpuinfo: string | undefined;
  try {
    cpuinfo = readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    // The system is not Linux, or the file is not readable.
  }
  return { kind: processorKind(cpuinfo, process.arch), weights: weightForm(cpuinfo, process.arch) };
}
