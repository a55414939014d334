import { deadlineGuard, NOTHING_MEASURED } from '../../model/deadline.ts';
import type { LoadedModel } from '../../model/load-model.ts';
import { modelInput, specialTokens } from '../../tokenizer/sequence.ts';
import { InputError } from '../errors.ts';
import { type LabelScore, labelScores, type ScoreFunction } from './label-scores.ts';
import { labelSettings } from './labels.ts';
import { truncatedLengths } from './truncation.ts';

/** A text, or two texts whose relation is to be classified. */
export interface ClassifierInput {
  text: string;
  /** Empty: none. */
  textPair?: string | undefined;
}

/** How a text is classified. The names and defaults are those of Hugging Face's TextClassificationPipeline. */
export interface ClassificationParameters {
  /** Most labels; null: all. @default 1 */
  topK: number | null | undefined;
  /** How logits become scores. @default what the model's config.json says */
  scoreFunction: ScoreFunction | undefined;
  /** Cuts a text that is too long to what the tokenizer's `model_max_length` lets through. @default false */
  truncation: boolean | undefined;
}

/** The model has no positions for so many tokens. */
export class TextTooLongError extends InputError {
  override name = 'TextTooLongError';

  constructor(most: number, got: number) {
    super(
      'TEXT_TOO_LONG',
      `Expected at most ${most} tokens, special tokens included, got ${got}. With "truncation": true a text is cut to what the model takes.`,
    );
  }
}

export interface TextClassifier {
  /**
   * Classifies a text as Hugging Face's TextClassificationPipeline does.
   *
   * @param remainingMs what is left before the deadline, in milliseconds; looked at while the text is read, and before the model runs
   * @returns labels with their scores, best first
   * @throws TextTooLongError, or DeadlineExceededError as soon as no answer can be expected in time
   */
  classify(
    input: ClassifierInput,
    parameters?: Partial<ClassificationParameters>,
    remainingMs?: () => number,
  ): Promise<LabelScore[]>;
  /** SHA-256 of the model file, in hexadecimal. */
  modelDigest: string;
}

/** What a classifier needs of a loaded model. */
export type ClassifierParts = Omit<LoadedModel, 'task'>;

/**
 * The classifier around a loaded model.
 *
 * @throws ModelFolderError when config.json has no labels that can be read
 */
export function createClassifier(model: ClassifierParts): TextClassifier {
  const { tokenizer, session, sequences, modelMaxLength, maxPositions, modelDigest, now } = model;
  const { single, pair } = sequences;
  const { labels, scoreFunction: ownFunction } = labelSettings(model.config);
  const pace = { ...NOTHING_MEASURED };

  function inputOf({ text, textPair }: ClassifierInput, truncation: boolean, checkTime: () => void) {
    const first = tokenizer.encode(text, checkTime).ids;
    const second = textPair ? tokenizer.encode(textPair, checkTime).ids : undefined;
    const special = specialTokens(second ? pair : single);
    const lengths = { first: first.length, second: second?.length ?? 0 };
    const room = Math.max(0, Math.min(modelMaxLength, maxPositions) - special);
    const kept = truncation ? truncatedLengths(lengths, room) : lengths;
    const tokens = special + kept.first + kept.second;
    if (tokens > maxPositions) throw new TextTooLongError(maxPositions, tokens);
    const part = (ids: readonly number[], end: number, type: number) => ({ ids, first: 0, end, type });
    return modelInput(
      second === undefined
        ? [single.before, part(first, kept.first, single.type), single.after]
        : [
            pair.before,
            part(first, kept.first, pair.firstType),
            pair.between,
            part(second, kept.second, pair.secondType),
            pair.after,
          ],
    );
  }

  return {
    modelDigest,
    async classify(
      input,
      { topK = 1, scoreFunction = ownFunction, truncation = false } = {},
      remainingMs = () => Number.POSITIVE_INFINITY,
    ) {
      const { checkTime, inTime } = deadlineGuard(remainingMs, now, pace);
      const sequence = inputOf(input, truncation, checkTime);
      const { logits } = await inTime(sequence.inputIds.length, 0, () => session.run(sequence));
      if (logits?.length !== labels.length) {
        throw new Error(`Expected a model with ${labels.length} logits, one for each label, got ${logits?.length}`);
      }
      return labelScores(logits, labels, scoreFunction, topK);
    },
  };
}
