"""Fine-tunes a BERT encoder for extractive question answering on SQuAD-format files, on a CPU."""

import argparse
import math
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, get_linear_schedule_with_warmup

from squad import DataError, Example, read_squad
from windows import Window, WindowLimits, WindowSampler, batches

WEIGHT_DECAY = 0.01
WARM_UP_SHARE = 0.08
GRADIENT_CLIP = 1.0
REPORT_EVERY = 25


@dataclass(frozen=True)
class Settings:
    epochs: int
    learning_rate: float
    tokens_per_batch: int
    seed: int
    fp32: bool
    max_steps: int | None


def main() -> None:
    args = parse_arguments()
    examples = training_examples(args.data, args.held_out_share, args.seed)
    if not (args.base / "config.json").is_file():
        raise DataError(f"Expected a model in the Hugging Face layout in {args.base}, got no config.json")

    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.base)
    model = AutoModelForQuestionAnswering.from_pretrained(
        args.base, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, attn_implementation="eager"
    )
    sampler = WindowSampler(tokenizer, WindowLimits(args.max_tokens, args.stride), examples, args.unanswerable_share)
    train(
        model,
        sampler,
        Settings(args.epochs, args.learning_rate, args.tokens_per_batch, args.seed, args.fp32, args.max_steps),
    )
    model.save_pretrained(args.out)
    tokenizer.save_pretrained(args.out)
    print(f"Saved {args.out}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="folder of the encoder to start from, Hugging Face layout")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="files in SQuAD 1.1 format")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--learning-rate", type=float, default=1.2e-4, help="its peak")
    parser.add_argument("--tokens-per-batch", type=int, default=4096)
    parser.add_argument("--max-tokens", type=int, default=384, help="of one window")
    parser.add_argument("--stride", type=int, default=128, help="tokens that neighbouring windows share")
    parser.add_argument("--unanswerable-share", type=float, default=0.12, help="of questions also put to a wrong paragraph")
    parser.add_argument("--held-out-share", type=float, default=0.03, help="of contexts that are not trained on")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fp32", action="store_true", help="no bf16: slower on a CPU that has it, and easier to compare")
    parser.add_argument("--max-steps", type=int, help="stop after so many steps, to see that everything works")
    return parser.parse_args()


def training_examples(paths: list[Path], held_out_share: float, seed: int) -> list[Example]:
    """All examples but those of the contexts that are held out: whole contexts, drawn by the seed."""
    examples = [example for path in paths for example in read_squad(path)]
    contexts = sorted({example.context for example in examples})
    random.Random(seed).shuffle(contexts)
    held_out = set(contexts[: int(len(contexts) * held_out_share)])
    kept = [example for example in examples if example.context not in held_out]
    print(f"{len(kept)} questions to train on, {len(examples) - len(kept)} held out", flush=True)
    return kept


def train(model: nn.Module, sampler: WindowSampler, settings: Settings) -> None:
    """AdamW, a linear schedule with warm-up, clipped gradients; bf16 autocast unless told otherwise."""

    def epoch_batches(epoch: int) -> list[list[Window]]:
        rng = random.Random(settings.seed * 1000 + epoch)
        return batches(sampler.epoch(rng), settings.tokens_per_batch, rng)

    first = epoch_batches(0)
    total = min(len(first) * settings.epochs, settings.max_steps or math.inf)
    matrices = [parameter for parameter in model.parameters() if parameter.ndim > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}],
        lr=settings.learning_rate,
    )
    schedule = get_linear_schedule_with_warmup(optimizer, int(total * WARM_UP_SHARE), total)

    model.train()
    step, mean_loss, started = 0, 0.0, time.monotonic()
    for epoch in range(settings.epochs):
        for batch in first if epoch == 0 else epoch_batches(epoch):
            if step >= total:
                return
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not settings.fp32):
                loss = span_loss(model, batch)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), GRADIENT_CLIP)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)

            step += 1
            mean_loss = loss.item() if step == 1 else 0.98 * mean_loss + 0.02 * loss.item()
            if step % REPORT_EVERY == 0 or step == total:
                minutes = (time.monotonic() - started) / step * (total - step) / 60
                print(f"Step {step} of {total}: loss {mean_loss:.3f}, about {minutes:.1f} min left", flush=True)


def span_loss(model: nn.Module, batch: list[Window]) -> Tensor:
    """The mean cross-entropy of first and last token, in fp32; padding can be neither."""
    longest = max(len(window.ids) for window in batch)

    def padded(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    mask = padded([[1] * len(window.ids) for window in batch])
    output = model(
        input_ids=padded([window.ids for window in batch]),
        token_type_ids=padded([window.types for window in batch]),
        attention_mask=mask,
    )
    losses = [
        nn.functional.cross_entropy(logits.float().masked_fill(mask == 0, -1e4), torch.tensor(targets))
        for logits, targets in (
            (output.start_logits, [window.start for window in batch]),
            (output.end_logits, [window.end for window in batch]),
        )
    ]
    return sum(losses) / 2


if __name__ == "__main__":
    try:
        main()
    except DataError as error:
        sys.exit(f"train: {error}")
