"""A golden file: what it was made with, a line; and a line for each case, with what Python answered or which error it raised."""

import argparse
import json
import os
import sys
import warnings
from pathlib import Path

os.environ["RUST_BACKTRACE"] = "0"
warnings.simplefilter("ignore")


def whole(parts):
    """A text, of texts and of [text, times]."""
    return "".join(part if isinstance(part, str) else part[0] * part[1] for part in parts)


def error_of(ask):
    """What `ask` returns and None, or None and the name of what it raises. A panic of the tokenizers is no Exception."""
    try:
        return ask(), None
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return None, type(error).__name__


def write(content, file):
    head = {key: value for key, value in content.items() if key != "cases"}
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in [head, *content["cases"]]))


def read(file):
    head, *lines = map(json.loads, file.read_text().splitlines())
    return {**head, "cases": lines}


def main(doc, golden, differences, options=None):
    """
    The command `MODEL_FOLDER OUT.jsonl [COMMITTED.jsonl]`.

    @param golden what to write, of the arguments
    @param differences of a new file and a committed one, as lines
    @param options further arguments of the command
    """
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, option in (options or {}).items():
        parser.add_argument(name, **option)
    parser.add_argument("model", type=Path, help="folder in the Hugging Face layout")
    parser.add_argument("out", type=Path, help="file to write")
    parser.add_argument("committed", type=Path, nargs="?", help="file to compare with")
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write(golden(args), args.out)
    made = read(args.out)
    if args.committed:
        found = differences(made, read(args.committed))
        print("\n".join(found) if found else f"{args.committed}: {len(made['cases'])} cases, nothing differs")
        sys.exit(1 if found else 0)
    print(f"{args.out}: {len(made['cases'])} cases")
