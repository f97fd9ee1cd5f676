/**
 * One example of the reference page: a file with tests inside. All are run as tests, and a test
 * sees to it that every word of the schema stands in one of them.
 */
export interface Example {
  readonly title: string;
  /** What it shows, in a sentence or two. */
  readonly text: string;
  readonly source: string;
}

/** Text of a file: the example as it is written, without the first line break. */
export const file = (source: TemplateStringsArray): string => source.join('').replace(/^\n/, '');
