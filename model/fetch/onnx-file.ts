import { FetchError } from './fetch-error.ts';

/** Where conversions keep the ONNX file, in the order of preference: int8 is faster on a CPU than float32, and smaller. */
const CANDIDATES = [
  'onnx/model_quantized.onnx',
  'onnx/model_int8.onnx',
  'onnx/model.onnx',
  'model_quantized.onnx',
  'model.onnx',
];

/**
 * Chooses the ONNX file to take from a repository.
 *
 * @param wanted the file to take instead of the first of the usual ones
 * @throws FetchError when there is none, or when its weights are in a file of their own
 */
export function chooseOnnxFile(repository: string, files: readonly string[], wanted?: string): string {
  const chosen = wanted ? files.find((file) => file === wanted) : CANDIDATES.find((file) => files.includes(file));
  const onnxFiles = files.filter((file) => file.endsWith('.onnx'));
  if (chosen === undefined && onnxFiles.length > 0) {
    const usual = wanted ?? `one of ${CANDIDATES.join(', ')}`;
    throw new FetchError(
      `Expected ${repository} to have ${usual}, got ${listed(onnxFiles)}. Choose one of those: ONNX=${onnxFiles[0]}`,
    );
  }
  if (chosen === undefined) {
    const name = repository.split('/')[1];
    throw new FetchError(
      `Expected ${repository} to have an ONNX file, got ${listed(files)}. Look for a published conversion, such as ` +
        `Xenova/${name} or onnx-community/${name}-ONNX, or convert it yourself: optimum-cli export onnx --model ${repository} FOLDER`,
    );
  }
  const data = files.find((file) => [`${chosen}_data`, `${chosen}.data`].includes(file));
  if (data !== undefined) {
    throw new FetchError(
      `Expected ${chosen} of ${repository} to hold its weights itself, got them in ${data}. ` +
        `Choose a smaller one with ONNX=FILE: ${listed(onnxFiles)}`,
    );
  }
  return chosen;
}

function listed(files: readonly string[]): string {
  if (files.length === 0) return 'no files';
  return files.length <= 20 ? files.join(', ') : `${files.slice(0, 20).join(', ')} and ${files.length - 20} more`;
}
