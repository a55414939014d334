import { mulberry32 } from '../harness/random.ts';
import type { Question } from './subjects/serve.ts';

/** Facts of a made-up town: a question, and the sentence that answers it. */
const FACTS: readonly (readonly [question: string, sentence: string])[] = [
  [
    'Who designed the harbour bridge?',
    'The harbour bridge was designed by Ines Calloway, who also drew the plans of the fish market.',
  ],
  [
    'When did the ferry begin to run?',
    'The ferry to the northern island began to run in the spring of 1887, with two trips a day.',
  ],
  [
    'What colour are the doors of the old houses?',
    'The doors of the old houses along the quay are painted blue, as they were when the captains lived there.',
  ],
  [
    'Where is the library now?',
    'The library is now in the former customs house, between the post office and the rope works.',
  ],
  [
    'How many steps lead up to the lighthouse?',
    'A path of 214 steps leads up to the lighthouse, and the last of them are cut into the rock.',
  ],
  [
    'What did the winter storm destroy?',
    'The winter storm destroyed the wooden pier, of which only the outermost posts can still be seen.',
  ],
  [
    'Who runs the bakery at the corner?',
    'The bakery at the corner is run by Tomas Lindqvist, whose grandmother opened it after the war.',
  ],
  [
    'What grows on the southern slope?',
    'On the southern slope, where the fog seldom reaches, apricots grow behind low walls of stone.',
  ],
  [
    'When is the night market held?',
    'The night market is held on the last Friday of each month, whatever the weather may be.',
  ],
  [
    'What is kept in the cellar of the town hall?',
    'In the cellar of the town hall a collection of brass compasses is kept, most of them still working.',
  ],
  [
    'How deep is the channel?',
    'The channel is eleven metres deep at low water, which is why the larger ships wait for the tide.',
  ],
  [
    'Who taught at the school of navigation?',
    'At the school of navigation taught Captain Wilhelmina Brandt, the first woman to sail round the cape alone.',
  ],
];

const FILLERS: readonly string[] = [
  'The town lies at the mouth of a slow river, and most of its streets end at the water.',
  'In the mornings the boats come in with herring, and by noon the nets hang along the sea wall to dry.',
  'Visitors are often surprised by how quiet the place is once the day boats have left.',
  'The council has argued for years about a second road, so far without building one.',
  'A small railway used to carry salt from the pans to the station, and its track is a footpath today.',
  'The wind blows from the west on most days, which has bent every tree on the hill the same way.',
  'Children learn to row before they learn to ride a bicycle, or so their parents like to say.',
  'There are three churches, of which two are used for concerts and one for storing sails.',
  'The houses behind the square are newer than they look, since a fire took most of the quarter.',
  'Every summer a group of students comes to count the seabirds on the cliffs.',
  'The museum shows models of ships, a stuffed pelican, and a map on which the coast is drawn upside down.',
  'Fresh water was scarce until a pipe was laid from the lake in the hills.',
  'The mill at the edge of the marsh grinds no flour any more, but its wheel still turns.',
  'On clear evenings the mountains on the other side of the bay seem close enough to touch.',
  'The newspaper comes out twice a week and is read chiefly for the tide tables.',
  'A family of otters has moved into the old dry dock and refuses to leave.',
  'Most people who grow up here go away to study, and a good half of them return.',
  'The clock on the market hall runs seven minutes fast, on purpose, so that nobody misses the ferry.',
  'Along the beach stand wooden huts that are handed down from parents to children.',
  'The inn serves a soup of mussels and leeks that several other towns claim to have invented.',
  'When the river is high, the lower streets are closed and planks are laid from door to door.',
  'Nobody locks a boat.',
  'The last train left long ago.',
  'Rain is measured in hats.',
  'The theatre has ninety seats, a leaking roof, and a company of actors who are paid in fish.',
];

/** The lengths of a question with its context, in tokens: a whole window of the model, and a third of one. */
export const LENGTHS = [384, 128] as const;
export type Length = (typeof LENGTHS)[number];

/** Words of a context by that length. With the embedded model, question and context are then as long or a little shorter. */
const CONTEXT_WORDS: Record<Length, number> = { 384: 324, 128: 98 };

const SEED = 1;

/**
 * The questions of a run, the same in every run. Each has its own context, one window long: one sentence gives the answer, and the
 * others do not.
 */
export function questions(length: Length = 384): Question[] {
  const random = mulberry32(SEED);
  return FACTS.map(([question, fact], index) => {
    const sentences = shuffled(FILLERS, random);
    let words = wordCount(fact);
    const kept = sentences.filter((sentence) => {
      const fits = words + wordCount(sentence) <= CONTEXT_WORDS[length];
      if (fits) words += wordCount(sentence);
      return fits;
    });
    return { id: `${length}-q${index + 1}`, question, context: shuffled([...kept, fact], random).join(' ') };
  });
}

/** Questions about one text. The text repeats its sentences until it has that many words: only its length matters. */
export function questionsAboutOneText(count: number, words: number): { questions: string[]; context: string } {
  const random = mulberry32(count);
  const sentences = [...FACTS.map(([, sentence]) => sentence), ...FILLERS];
  const text: string[] = [];
  while (text.length < words) text.push(...shuffled(sentences, random).flatMap((sentence) => sentence.split(' ')));
  const asked = Array.from({ length: count }, (_, i) => FACTS[i % FACTS.length]![0]);
  return { questions: asked, context: text.slice(0, words).join(' ') };
}

function wordCount(text: string): number {
  return text.split(' ').length;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
