import * as v from 'valibot';
import { unsupported } from '../../model/supported-models.ts';
import type { ScoreFunction } from './label-scores.ts';

/** What config.json says about the labels of a model. */
export interface LabelSettings {
  /** The label of each logit. */
  labels: string[];
  /** How logits become scores unless a request says otherwise. */
  scoreFunction: ScoreFunction;
}

/** transformers gives a model two labels unless its config.json says otherwise. */
const DEFAULT_LABELS = { 0: 'LABEL_0', 1: 'LABEL_1' };

const LabelConfig = v.looseObject({
  id2label: v.nullish(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check(
        (labels) => Object.keys(labels).length > 0 && Object.keys(labels).every((key, i) => key === String(i)),
        'the labels by their numbers, from 0 on,',
      ),
    ),
    DEFAULT_LABELS,
  ),
  problem_type: v.nullish(v.picklist(['regression', 'single_label_classification', 'multi_label_classification'])),
});

/**
 * Reads the labels of a model.
 *
 * Source: `PretrainedConfig`, and `postprocess` of TextClassificationPipeline, of transformers 4.57.
 *
 * @param config config.json
 * @throws ModelFolderError
 */
export function labelSettings(config: Record<string, unknown>): LabelSettings {
  const result = v.safeParse(LabelConfig, config);
  if (!result.success) {
    const [issue] = result.issues;
    throw unsupported(issue.expected ?? issue.message, `"${v.getDotPath(issue)}" in config.json`, issue.received);
  }
  const { id2label, problem_type } = result.output;
  const labels = Object.values<string>(id2label);
  return { labels, scoreFunction: scoreFunctionOf(problem_type, labels.length) };
}

function scoreFunctionOf(
  problemType: v.InferOutput<typeof LabelConfig>['problem_type'],
  labels: number,
): ScoreFunction {
  if (problemType === 'regression') return 'none';
  return problemType === 'multi_label_classification' || labels === 1 ? 'sigmoid' : 'softmax';
}
