/** What is wrong with an address rather than with a letter: unknown, closed, full, or of a domain that takes no mail. */
export const isOfAddress = (status: string): boolean => /^5\.(1|2)\.\d+$|^5\.4\.4$/.test(status);

/** `retry`: another try may help; `refused`: none will. The cause is a sentence for people. */
export type Failure = { kind: 'retry' | 'refused'; cause: string; isOfAddress?: boolean };
export type Outcome = { kind: 'sent'; response: string } | Failure;

type SmtpError = Error & { code?: string; responseCode?: number; response?: string; command?: string };

/** Troubles of the way, not of the message: worth another try. */
const ways: Record<string, string> = {
  ECONNREFUSED: 'The mail server does not take connections',
  ENOTFOUND: 'The mail server of SMTP_URL is not known',
  EDNS: 'The mail server of SMTP_URL is not known',
  ETIMEDOUT: 'The mail server did not answer in time',
  ECONNECTION: 'The connection to the mail server was lost',
  ECONNRESET: 'The connection to the mail server was lost',
  ESOCKET: 'The connection to the mail server was lost',
  EPROTOCOL: 'The mail server answers something that is not SMTP',
  ETLS: 'No safe connection to the mail server could be made',
  EAUTH: 'The mail server refuses the login: check user and password in SMTP_URL',
  ENOAUTH: 'The mail server wants a login: add user and password to SMTP_URL',
};

/** Says in words what became of a message, and whether trying again can help. */
export function judge(error: unknown): Failure {
  const { code = '', responseCode, response, command, message } = error as SmtpError;
  const way = ways[code];
  if (code === 'EAUTH' || code === 'ENOAUTH') return { kind: 'retry', cause: way ?? '' };
  if (responseCode && responseCode >= 500) {
    const [, status] = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '') ?? [];
    const ofAddress = status ? isOfAddress(status) : command === 'RCPT TO' && responseCode === 550;
    return {
      kind: 'refused',
      cause: `The mail server refuses it: ${oneLine(response ?? message)}`,
      ...(ofAddress && { isOfAddress: true }),
    };
  }
  if (responseCode && responseCode >= 400) {
    return { kind: 'retry', cause: `The mail server wants it later: ${oneLine(response ?? message)}` };
  }
  if (response !== undefined && !responseCode)
    return { kind: 'retry', cause: `${ways.EPROTOCOL} (${oneLine(response)})` };
  if (way) return { kind: 'retry', cause: `${way} (${oneLine(message)})` };
  if (code === 'EENVELOPE')
    return { kind: 'refused', cause: `The address cannot be used: ${oneLine(message)}` };
  return { kind: 'retry', cause: oneLine(message) };
}

export function oneLine(text: string, longest = 300): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
