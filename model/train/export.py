"""Exports a fine-tuned question-answering model to ONNX: as it is (fp32), and quantised to int8."""

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

import graph

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUTS = ["start_logits", "end_logits"]
OPSET = 17
# onnxruntime-node 1.14, the oldest runtime that must open the file, reads no newer one.
IR_VERSION = 8


class Spans(nn.Module):
    """The model with tensors in and tensors out, as ONNX wants it."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, Tensor]:
        output = self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids)
        return output.start_logits, output.end_logits


def main() -> None:
    args = parse_arguments()
    if not (args.model / "config.json").is_file():
        sys.exit(f"export: Expected a model in the Hugging Face layout in {args.model}, got no config.json")
    full = args.out / "onnx" / "model.onnx"
    quantized = args.out / "onnx" / "model_quantized.onnx"
    full.parent.mkdir(parents=True, exist_ok=True)

    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModelForQuestionAnswering.from_pretrained(args.model, attn_implementation="eager").eval().float()
    export(model, tokenizer("Where do I live?", "I live in Berlin.", return_tensors="pt"), full)
    quantize(full, quantized)
    improve(quantized, model.config.num_attention_heads)
    for path in (full, quantized):
        lower_versions(path)
        onnx.checker.check_model(str(path))
        print(f"{path}: {path.stat().st_size} bytes, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")
    model.config.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="folder that train.py wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder to write config, tokenizer and onnx/ to")
    return parser.parse_args()


def export(model: nn.Module, sample: dict[str, Tensor], path: Path) -> None:
    """Writes the fp32 graph; batch and sequence are free."""
    torch.onnx.export(
        Spans(model),
        tuple(sample[name] for name in INPUTS),
        str(path),
        input_names=INPUTS,
        output_names=OUTPUTS,
        dynamic_axes={name: {0: "batch", 1: "sequence"} for name in INPUTS + OUTPUTS},
        opset_version=OPSET,
        dynamo=False,
    )


def quantize(full: Path, quantized: Path) -> None:
    """Dynamic quantisation: weights to int8 for each channel, the embeddings (Gather) too; activations while it runs."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(full), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(quantized),
            weight_type=QuantType.QInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )


def improve(path: Path, heads: int) -> None:
    """Unsigned weights, fused attention, normalisation in two parts: see graph.py."""
    model = onnx.load(str(path))
    graph.improve(model, heads)
    onnx.save(model, str(path))


def lower_versions(path: Path) -> None:
    """Declares what the graph needs and no more, so that older runtimes open it."""
    model = onnx.load(str(path))
    model.ir_version = min(model.ir_version, IR_VERSION)
    used = {node.domain for node in model.graph.node} | {""}
    needed = [entry for entry in model.opset_import if entry.domain in used]
    del model.opset_import[:]
    model.opset_import.extend(needed)
    onnx.save(model, str(path))


if __name__ == "__main__":
    main()
