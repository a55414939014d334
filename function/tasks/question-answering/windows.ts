/** A piece of the context that fits into the model together with the question: tokens `[first, end)` of the context. */
export interface Window {
  first: number;
  end: number;
}

export interface WindowLimits {
  /** Most tokens of a window, including the question and the special tokens. */
  maxSeqLen: number;
  specialTokens: number;
  /** Tokens that two neighbouring windows share. */
  docStride: number;
}

/**
 * Cuts a context into overlapping windows. The last is as short as the rest of the context; none is padded.
 *
 * Source: `truncation="only_second", stride=doc_stride, return_overflowing_tokens=True` of Hugging Face tokenizers.
 *
 * @returns no window when the question leaves no room for the context, or so little that windows would not advance
 */
export function contextWindows(questionTokens: number, contextTokens: number, limits: WindowLimits): Window[] {
  const room = limits.maxSeqLen - questionTokens - limits.specialTokens;
  if (contextTokens <= room) return [{ first: 0, end: contextTokens }];
  const step = room - limits.docStride;
  if (step <= 0) return [];
  const windows: Window[] = [];
  for (let first = 0; ; first += step) {
    const end = Math.min(first + room, contextTokens);
    windows.push({ first, end });
    if (end === contextTokens) return windows;
  }
}
