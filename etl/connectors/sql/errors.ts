import { SourceError } from '../connector.ts';

const hints: Record<string, string> = {
  ECONNREFUSED: 'nothing answers at this address: is the database up?',
  ENOTFOUND: 'there is no such host: check the address of the connection',
  EAI_AGAIN: 'there is no such host: check the address of the connection',
  ETIMEDOUT: 'the database does not answer in time',
  ER_ACCESS_DENIED_ERROR: 'the database refuses this user: check name, password and rights',
  ER_DBACCESS_DENIED_ERROR: 'the database refuses this user: check name, password and rights',
  '28P01': 'the database refuses this user: check name, password and rights',
  '28000': 'the database refuses this user: check name, password and rights',
  '57014': 'the query took longer than timeout_s allows',
  ER_STATEMENT_TIMEOUT: 'the query took longer than timeout_s allows',
  ER_QUERY_TIMEOUT: 'the query took longer than timeout_s allows',
  '57P01': 'the database closed the connection',
  ECONNRESET: 'the database closed the connection',
  PROTOCOL_CONNECTION_LOST: 'the database closed the connection',
};

/** Wrong user, table, column or query: the same again tomorrow. */
const lasting =
  /^(28P01|28000|3D000|42\w{3}|ER_(ACCESS|DBACCESS|TABLEACCESS)_DENIED_ERROR|ER_NO_SUCH_TABLE|ER_BAD_(FIELD|DB)_ERROR|ER_PARSE_ERROR)$/;

/** An error of a driver as a sentence, its own words as a quotation: it never names an address, a user or a password. */
export function explainSql(error: unknown, signal: AbortSignal): Error {
  if (signal.aborted) return new SourceError('the load was stopped');
  if (error instanceof SourceError) return error;
  const { code, errno, message, sqlMessage } = error as {
    code?: string;
    errno?: number;
    message: string;
    sqlMessage?: string;
  };
  const hint =
    hints[code ?? ''] ??
    (/timeout expired|connection timeout|Timeout acquiring/i.test(message) ? hints.ETIMEDOUT : undefined) ??
    (/Connection (terminated|ended)/i.test(message) ? hints.ECONNRESET : undefined) ??
    (errno === 1969 ? hints.ER_STATEMENT_TIMEOUT : undefined);
  const text = (sqlMessage ?? message)
    .replace(/\w+:\/\/\S+/g, '<connection>')
    .replace(/'[^']*'@'[^']*'/g, '<user>')
    .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '<address>');
  return new SourceError(
    hint ?? `the database answered: ${text}`,
    lasting.test(code ?? '') ? 'lasting' : 'passing',
  );
}
