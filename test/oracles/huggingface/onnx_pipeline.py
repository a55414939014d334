"""The real pipelines of transformers, with onnxruntime in the place of the PyTorch model."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"

from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from transformers import AutoConfig, AutoTokenizer, PreTrainedModel, QuestionAnsweringPipeline, TextClassificationPipeline
from transformers.modeling_outputs import QuestionAnsweringModelOutput, SequenceClassifierOutput
from transformers.utils import logging

logging.set_verbosity(logging.CRITICAL)
torch.set_num_threads(1)


class OnnxModel(PreTrainedModel):
    """Answers as the ONNX file does: one thread, all graph optimisations, as function/model/session.ts makes its own."""

    def __init__(self, config, file: Path):
        super().__init__(config)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        # A sequence that is too long is refused, and the golden file says so: no need to log it as well.
        options.log_severity_level = 4
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.names = {each.name for each in self.session.get_inputs()}
        # A pipeline asks its model for the device of its parameters.
        self.unused = torch.nn.Parameter(torch.zeros(1))

    def run(self, outputs, inputs):
        feeds = {name: np.asarray(tensor, dtype=np.int64) for name, tensor in inputs.items() if name in self.names}
        return map(torch.from_numpy, self.session.run(outputs, feeds))


class OnnxModelForQuestionAnswering(OnnxModel):
    def forward(self, **inputs):
        start, end = self.run(["start_logits", "end_logits"], inputs)
        return QuestionAnsweringModelOutput(start_logits=start, end_logits=end)


class OnnxModelForSequenceClassification(OnnxModel):
    def forward(self, **inputs):
        (logits,) = self.run(["logits"], inputs)
        return SequenceClassifierOutput(logits=logits)


def load(folder: Path) -> QuestionAnsweringPipeline:
    return loaded(QuestionAnsweringPipeline, OnnxModelForQuestionAnswering, folder)


def load_classifier(folder: Path) -> TextClassificationPipeline:
    return loaded(TextClassificationPipeline, OnnxModelForSequenceClassification, folder)


def loaded(pipeline, model_class, folder):
    model = model_class(AutoConfig.from_pretrained(folder), folder / "onnx/model_quantized.onnx")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.is_fast
    return pipeline(model=model, tokenizer=tokenizer, framework="pt", device="cpu")


def probe_logits(qa: QuestionAnsweringPipeline, question: str, context: str):
    """Start and end logits of a question that fits one window."""
    output = qa.model(**qa.tokenizer(question, context, return_tensors="pt"))
    rounded = [[round(float(x), 5) for x in logits[0]] for logits in (output.start_logits, output.end_logits)]
    return dict(zip(("startLogits", "endLogits"), rounded))


def versions():
    return {name: version(name) for name in ("transformers", "tokenizers", "torch", "onnxruntime", "numpy")}
