/** What the function reads of a model's folder beside the ONNX file; function/model/model-folder.ts checks it. */
export const TEXT_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;

/** Where the function reads the ONNX file, whatever the numbers in it are. */
export const ONNX_FILE = 'onnx/model_quantized.onnx';
