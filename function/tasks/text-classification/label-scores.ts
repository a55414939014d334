/** How logits become scores. */
export type ScoreFunction = 'softmax' | 'sigmoid' | 'none';

/** A label of the model, and its score: a probability, or the logit itself where no function is applied. */
export interface LabelScore {
  label: string;
  score: number;
}

const SCORE_FUNCTIONS: Record<ScoreFunction, (logits: number[]) => number[]> = {
  softmax(logits) {
    const greatest = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - greatest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  },
  sigmoid: (logits) => logits.map((logit) => 1 / (1 + Math.exp(-logit))),
  none: (logits) => logits,
};

/**
 * The labels and their scores, best first; of equal scores, in the order of the labels.
 *
 * Source: `postprocess` of Hugging Face's TextClassificationPipeline.
 *
 * @param logits one for each label
 * @param topK most labels to return; null: all
 */
export function labelScores(
  logits: Float32Array,
  labels: readonly string[],
  scoreFunction: ScoreFunction,
  topK: number | null,
): LabelScore[] {
  const scores = SCORE_FUNCTIONS[scoreFunction](Array.from(logits));
  return labels
    .map((label, i) => ({ label, score: scores[i]! }))
    .sort((a, b) => b.score - a.score)
    .slice(0, topK ?? labels.length);
}
