/** What can go wrong in ways a person can be told about; each code has a sentence in `messages/`. */
export type ProblemCode =
  'figures_unavailable' | 'figures_preparing' | 'figures_slow' | 'figures_refused' | 'unexpected';

/** An expected failure: carries a code for the reader and the cause for the log. */
export class Problem extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Problem';
    this.code = code;
  }
}

export function codeOf(error: unknown): ProblemCode {
  return error instanceof Problem ? error.code : 'unexpected';
}
