/** The libraries that we compare ourselves with: the folder of each in bench/peers/, and its name in the table. */
export const PEERS = {
  xenova: '@xenova/transformers 2.17.2',
  huggingface: '@huggingface/transformers 4.3.1',
};
