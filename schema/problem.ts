/** An expected failure: one sentence for the person, with what to do. Everything else is a bug and keeps its stack. */
export class Problem extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { cause?: unknown; exitCode?: 1 | 2 } = {}) {
    super(message, { cause: options.cause });
    this.name = 'Problem';
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Turns the file-system errors people really meet into a sentence; anything else is returned as it came. */
export function explainFileError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const path = 'path' in error && typeof error.path === 'string' ? ` (${error.path})` : '';
  switch (error.code) {
    case 'ENOSPC':
      return new Problem(`The disk is full while ${what}${path}: free some space and start again.`, {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Problem(
        `No permission while ${what}${path}: make it writable for this user, or set PULSE_HOME to a folder that is.`,
        { cause: error },
      );
    case 'ENOTDIR':
    case 'EEXIST':
      return new Problem(`Something that is not a folder is in the way while ${what}${path}: move it away.`, {
        cause: error,
      });
    default:
      return error;
  }
}
