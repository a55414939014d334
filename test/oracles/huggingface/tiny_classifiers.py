"""
Makes a tiny text-classification model of each kind in classifiers/, as tiny_models.py makes those that answer questions.

    python tiny_classifiers.py [NAME...]

They differ in what decides how logits become scores (`problem_type`, the number of labels), and in how many tokens they take.
"""

import sys
from pathlib import Path

from tokenizers import normalizers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    ElectraConfig,
    ElectraForSequenceClassification,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from tiny_models import BERT, DISTILBERT, HIDDEN, PAIR, TYPED, byte_level, make, size, word_piece

OUT = Path(__file__).parent / "classifiers"
CLASSES = {"logits": {0: "batch"}}


def labels(*names):
    return {"id2label": dict(enumerate(names)), "label2id": {name: number for number, name in enumerate(names)}}


def kinds():
    """Of each: the class of the model, its configuration, its inputs, tokenizer.json and tokenizer_config.json."""
    cased = normalizers.BertNormalizer(lowercase=False, strip_accents=None)
    uncased = normalizers.BertNormalizer(lowercase=True, strip_accents=None)
    stars = labels("1 star", "2 stars", "3 stars", "4 stars", "5 stars")
    topics = labels("transport", "health", "science", "shopping", "travel", "häuslich 🏠")
    return {
        "bert-single-label": lambda: (
            BertForSequenceClassification,
            BertConfig(**BERT, **stars, problem_type="single_label_classification"),
            TYPED,
            word_piece(uncased),
            {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512},
        ),
        # Neither a problem_type nor names of labels.
        "distilbert-default-labels": lambda: (
            DistilBertForSequenceClassification,
            DistilBertConfig(**DISTILBERT, max_position_embeddings=128),
            PAIR,
            word_piece(cased),
            {"tokenizer_class": "DistilBertTokenizer", "do_lower_case": False, "model_max_length": 128},
        ),
        "electra-one-label": lambda: (
            ElectraForSequenceClassification,
            ElectraConfig(**BERT, embedding_size=HIDDEN, max_position_embeddings=64, **labels("toxic")),
            TYPED,
            word_piece(cased),
            {"tokenizer_class": "ElectraTokenizerFast", "do_lower_case": False, "model_max_length": 64},
        ),
        # Truncates to fewer tokens than it has positions for.
        "minilm-regression": lambda: (
            BertForSequenceClassification,
            BertConfig(**BERT, max_position_embeddings=128, **labels("valence", "arousal", "dominance"), problem_type="regression"),
            TYPED,
            word_piece(uncased),
            {"tokenizer_class": "PreTrainedTokenizerFast", "cls_token": "[CLS]", "sep_token": "[SEP]", "model_max_length": 64},
        ),
        "roberta-multi-label": lambda: (
            RobertaForSequenceClassification,
            RobertaConfig(**BERT, type_vocab_size=1, max_position_embeddings=130, **topics, problem_type="multi_label_classification"),
            PAIR,
            byte_level(False),
            {"tokenizer_class": "RobertaTokenizer", "model_max_length": 128, "trim_offsets": True},
        ),
    }


if __name__ == "__main__":
    for name, parts in kinds().items():
        if not sys.argv[1:] or name in sys.argv[1:]:
            model_class, config, *rest = parts()
            config.architectures = [model_class.__name__]
            make(OUT / name, model_class, config, *rest, outputs=CLASSES)
            print(size(OUT / name))
