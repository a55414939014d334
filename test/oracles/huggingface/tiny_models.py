"""
Makes a tiny model of each family in models/: random weights, and a tokenizer made of the texts of texts.py, so that real merges and word
pieces occur. They answer nonsense, but the same nonsense everywhere: the weights are fp32.

    python tiny_models.py [NAME...]

The files of the tokenizers differ in what such files differ in on the hub: who begins a sequence, how merges are written, what
tokenizer_config.json overrules.
"""

import json
import sys
from collections import Counter
from pathlib import Path

import onnx
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    DistilBertConfig,
    DistilBertForQuestionAnswering,
    ElectraConfig,
    ElectraForQuestionAnswering,
    RobertaConfig,
    RobertaForQuestionAnswering,
)

from texts import AWKWARD, FILLER, NEEDLES, PLAIN

OUT = Path(__file__).parent / "models"
WORD_PIECES = 700
BYTE_PAIRS = 600
HIDDEN = 16
OPSET = 17
# As model/onnx/model_quantized.onnx.
IR_VERSION = 8


# Their characters are in no vocabulary of word pieces.
UNKNOWN = ["mathematics", "new characters", "becomes punctuation", "Hangul in pieces"]


def corpus(without=()):
    for context, questions in PLAIN:
        yield from [context, *questions]
    for kind, context, questions in AWKWARD:
        if kind not in without:
            yield from [context, *questions]
    yield FILLER
    for needle, question in NEEDLES:
        yield from [needle, question]


SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def word_piece(normalizer, template=True):
    """A vocabulary that is cut, as the trainer of the library makes another one every time: all characters, common words, and common ends."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words = Counter()
    for text in corpus(UNKNOWN):
        words.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalizer.normalize_str(text)))
    pieces = Counter()
    for word, count in words.items():
        for cut in range(2, len(word)):
            pieces[word[:cut]] += count
            pieces["##" + word[cut:]] += count
    characters = sorted({character for word in words for character in word})
    common = [piece for piece, _ in sorted(pieces.items(), key=lambda each: (-each[1] * len(each[0]), each[0]))]
    tokens = list(dict.fromkeys([*SPECIAL, *characters, *("##" + each for each in characters), *common]))[:WORD_PIECES]
    tokenizer.model = models.WordPiece({token: number for number, token in enumerate(tokens)}, unk_token="[UNK]")
    tokenizer.add_special_tokens(SPECIAL)
    cls, sep = (("[CLS]", tokenizer.token_to_id("[CLS]")), ("[SEP]", tokenizer.token_to_id("[SEP]")))
    tokenizer.post_processor = (
        processors.TemplateProcessing(
            single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=[cls, sep]
        )
        if template
        else processors.BertProcessing(sep, cls)
    )
    tokenizer.decoder = decoders.WordPiece()
    return json.loads(tokenizer.to_str())


def byte_level(add_prefix_space):
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix=""))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=BYTE_PAIRS - 1,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=add_prefix_space
    )
    return json.loads(tokenizer.to_str())


def old_style(tokenizer):
    """Merges as texts, and added tokens that are looked for after normalisation, as files of 2020 have them."""
    tokenizer["model"]["merges"] = [" ".join(merge) for merge in tokenizer["model"]["merges"]]
    for token in tokenizer["added_tokens"]:
        token["normalized"] = token["content"] != "<mask>"
    return tokenizer


BERT = {"hidden_size": HIDDEN, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 2 * HIDDEN}
DISTILBERT = {"dim": HIDDEN, "n_layers": 2, "n_heads": 2, "hidden_dim": 2 * HIDDEN}
PAIR = ["input_ids", "attention_mask"]
TYPED = [*PAIR, "token_type_ids"]
OF_TOKENS = {0: "batch", 1: "sequence"}
SPANS = {"start_logits": OF_TOKENS, "end_logits": OF_TOKENS}


def roberta(tokenizer, **config):
    return (RobertaForQuestionAnswering, RobertaConfig(**BERT, type_vocab_size=1, **config), PAIR, tokenizer)


def families():
    """Of each: the class of the model, its configuration, its inputs, tokenizer.json and tokenizer_config.json."""
    cased = normalizers.BertNormalizer(lowercase=False, strip_accents=None)
    uncased = normalizers.BertNormalizer(lowercase=True, strip_accents=None)
    return {
        "bert-uncased": lambda: (
            (BertForQuestionAnswering, BertConfig(**BERT), TYPED, word_piece(uncased)),
            {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512},
        ),
        "bert-cased": lambda: (
            (BertForQuestionAnswering, BertConfig(**BERT), TYPED, word_piece(cased, template=False)),
            {"do_lower_case": False, "model_max_length": 512},
        ),
        "distilbert-cased": lambda: (
            (DistilBertForQuestionAnswering, DistilBertConfig(**DISTILBERT), PAIR, word_piece(cased)),
            {"tokenizer_class": "DistilBertTokenizer", "do_lower_case": False, "model_max_length": 512},
        ),
        # A MiniLM is a BERT. Its tokenizer is of no class, which takes tokenizer.json as it is.
        "minilm": lambda: (
            (BertForQuestionAnswering, BertConfig(**BERT, max_position_embeddings=256), TYPED, word_piece(uncased)),
            {"tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]", "model_max_length": 256},
        ),
        # Lower case, accents kept: as tokenizer_config.json says, against tokenizer.json.
        "electra": lambda: (
            (ElectraForQuestionAnswering, ElectraConfig(**BERT, embedding_size=HIDDEN), TYPED, word_piece(cased)),
            {"tokenizer_class": "ElectraTokenizerFast", "strip_accents": False, "model_max_length": 512},
        ),
        "roberta": lambda: (
            roberta(byte_level(False), max_position_embeddings=514),
            {"tokenizer_class": "RobertaTokenizer", "model_max_length": 512, "trim_offsets": True},
        ),
        "roberta-prefix": lambda: (
            roberta(old_style(byte_level(True)), max_position_embeddings=258),
            {"tokenizer_class": "RobertaTokenizer", "model_max_length": 256, "add_prefix_space": True},
        ),
    }


class Exported(torch.nn.Module):
    """The model with tensors in and tensors out, as ONNX wants it."""

    def __init__(self, model, inputs, outputs):
        super().__init__()
        self.model = model
        self.inputs = inputs
        self.outputs = outputs

    def forward(self, *inputs):
        output = self.model(**dict(zip(self.inputs, inputs)))
        return tuple(output[name] for name in self.outputs)


def scatter(model):
    """Weights so large that the logits differ clearly from token to token, and with its place."""
    for name, parameter in model.named_parameters():
        if "LayerNorm" in name or "layer_norm" in name:
            continue
        spread = 0.3 if "position_embeddings" in name else 1.0 if "embeddings" in name or "qa_outputs" in name else 0.4
        torch.nn.init.normal_(parameter, std=spread)


def make(folder, model_class, config, inputs, tokenizer, tokenizer_config, outputs=SPANS):
    torch.manual_seed(7)
    config.vocab_size = len({*tokenizer["model"]["vocab"], *(token["content"] for token in tokenizer["added_tokens"])})
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    scatter(model)
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    file = folder / "onnx/model_quantized.onnx"
    sample = torch.randint(5, config.vocab_size, (1, 9))
    torch.onnx.export(
        Exported(model, inputs, outputs),
        tuple(sample if each == "input_ids" else torch.ones_like(sample) if each == "attention_mask" else torch.zeros_like(sample) for each in inputs),
        str(file),
        input_names=inputs,
        output_names=list(outputs),
        dynamic_axes={**dict.fromkeys(inputs, OF_TOKENS), **outputs},
        opset_version=OPSET,
        dynamo=False,
    )
    graph = onnx.load(str(file))
    graph.ir_version = IR_VERSION
    onnx.checker.check_model(graph)
    onnx.save(graph, str(file))
    config.save_pretrained(folder)
    write(folder / "tokenizer.json", tokenizer)
    write(folder / "tokenizer_config.json", tokenizer_config)


def size(folder):
    return f"{folder}: {sum(file.stat().st_size for file in folder.rglob('*') if file.is_file())} bytes"


def write(file, content):
    file.write_text(json.dumps(content, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    for name, parts in families().items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            of_model, tokenizer_config = parts()
            make(OUT / name, *of_model, tokenizer_config)
            print(size(OUT / name))
