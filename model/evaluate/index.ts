import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProgress } from '../../terminal/progress.ts';
import { askParagraph, FunctionError, type Handler, type Outcome } from './ask.ts';
import { type CommandLine, HELP, parseCommandLine } from './command-line.ts';
import { figuresV1, figuresV2 } from './metric.ts';
import { DataError, readSquad } from './squad.ts';

const BUNDLE = path.resolve(import.meta.dirname, '../../dist/function/index.mjs');
/** Most questions whose errors are shown one by one. */
const SHOWN_ERRORS = 10;

const stdout = process.stdout.write.bind(process.stdout);
const print = (text: string) => stdout(`${text}\n`);
const note = (line: string) => process.stderr.write(`${line}\n`);
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  let args: CommandLine;
  try {
    args = parseCommandLine(argv);
  } catch (error) {
    note(`evaluate: ${(error as Error).message}\nSee: node model/evaluate/index.ts --help`);
    return 2;
  }
  if (args.help) {
    print(HELP);
    return 0;
  }
  try {
    return await evaluate(args);
  } catch (error) {
    if (!(error instanceof DataError) && !(error instanceof FunctionError)) throw error;
    note(`evaluate: ${error.message}`);
    return 1;
  }
}

async function evaluate({ data, limit, predictions }: CommandLine): Promise<number> {
  const paragraphs = await readSquad(data, limit);
  const questions = paragraphs.flatMap((paragraph) => paragraph.questions);
  const unanswerable = questions.filter(({ answers }) => answers.length === 0).length;
  const handler = await loadFunction();
  note(
    `${questions.length} questions about ${paragraphs.length} texts, ${unanswerable} of them without an answer; ` +
      `model ${process.env['MODEL_DIR'] ?? 'of the bundle'}, ${process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']} MB of memory with a thread for each 1,769 MB`,
  );

  const outcomes: Outcome[] = [];
  const progress = createProgress({
    what: 'evaluate',
    amount: (done, all) => `${done} of ${all} questions`,
    rate: (perSecond) => `${perSecond.toFixed(1)} questions/s`,
    stream: process.stderr,
  });
  progress.update(0, questions.length);
  for (const paragraph of paragraphs) {
    for await (const some of askParagraph(handler, paragraph, unanswerable > 0)) {
      outcomes.push(...some);
      progress.update(outcomes.length, questions.length);
    }
  }
  progress.end();

  const failed = outcomes.filter(({ error }) => error !== undefined);
  for (const { id, error } of failed.slice(0, SHOWN_ERRORS)) note(`question ${id} failed: ${error}`);
  if (failed.length > 0) note(`${failed.length} of ${outcomes.length} questions failed, and score 0`);
  if (predictions !== undefined) {
    const answered = outcomes.filter(({ error }) => error === undefined);
    await writeFile(
      predictions,
      JSON.stringify(Object.fromEntries(answered.map(({ id, predicted }) => [id, predicted]))),
    );
  }
  print(unanswerable > 0 ? JSON.stringify(figuresV2(outcomes), null, 2) : JSON.stringify(figuresV1(outcomes)));
  return failed.length < outcomes.length ? 0 : 1;
}

/** Loads the function's bundle into this process, as Lambda's runtime does. */
async function loadFunction(): Promise<Handler> {
  if (!existsSync(BUNDLE))
    throw new FunctionError(`Expected the function's bundle at ${BUNDLE}, found none. Run "make build" first`);
  process.env['CAPTURE_DISABLED'] = 'true';
  process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ??= '1769';
  // The function logs to stdout, which is for the figures here.
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  const { handler } = (await import(pathToFileURL(BUNDLE).href)) as { handler: Handler };
  return handler;
}
