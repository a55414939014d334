/** The files that the function reads in a model's folder besides the ONNX file. function/model/model-folder.ts checks them. */
export const TEXT_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json'] as const;

/** Where the function reads the ONNX file, whether its weights are quantized or not. */
export const ONNX_FILE = 'onnx/model_quantized.onnx';
