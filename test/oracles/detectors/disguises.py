"""Ways in which a value looks the same, or nearly so, and is other characters."""

import random

# Zeros of other decimal digits: fullwidth, Arabic-Indic, Persian, Devanagari, Bengali, Thai, mathematical.
ZEROS = ["\uff10", "\u0660", "\u06f0", "\u0966", "\u09e6", "\u0e50", "\U0001d7ce", "\U0001d7d8", "\U0001d7f6"]
SUPERSCRIPT = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
SPACES = "\u00a0\u2009\u202f\u2007\u3000"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
# Their letters are compared by their bytes: only something that nobody sees is put into them.
LITERAL = {"aws-key", "jwt", "url-credentials"}


def with_digits(value: str, chance: random.Random) -> str:
    zero = chance.choice(ZEROS + [""])
    digits = [chr(ord(zero) + digit) for digit in range(10)] if zero else SUPERSCRIPT
    return "".join(digits[int(c)] if c in "0123456789" else c for c in value)


def with_separators(value: str, chance: random.Random) -> str:
    marks = {" ": chance.choice(SPACES), "-": chance.choice(DASHES), "@": "\uff20", ".": chance.choice("\uff0e\u3002\uff61")}
    return "".join(marks.get(c, c) for c in value)


def with_nothing(value: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(value))
    return value[:at] + chance.choice(ZERO_WIDTH) + value[at:]


def disguised(name: str, value: str, chance: random.Random) -> str:
    ways = [with_nothing] if name in LITERAL else [with_nothing, with_digits, with_separators]
    return chance.choice(ways)(value, chance)
