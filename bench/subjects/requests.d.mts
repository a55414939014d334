/** What the benchmark asks the function, by the task of its model. */
export interface Requests {
  /** The body of a request with one question or many about a context. */
  request(question: string | string[], context: string): object;
  /** The text of the answer to one of them. */
  // biome-ignore lint/suspicious/noExplicitAny: the answer of any task
  says(answer: any): string;
}

export function requestsFor(bundle: string): Requests;
