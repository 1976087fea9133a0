/** What was done about input that is not as it should be, by the sentence that a run shows: how many times. */
export type Rules = Record<string, number>;

/** Every repair that reading a file makes. What cannot be repaired goes to quarantine with a reason instead. */
export const repairs = {
  header: 'a header line that came again was skipped',
  mark: 'a byte order mark inside the file was left out',
  nul: 'a NUL character was left out',
  quote: 'a quote inside a quoted cell was taken as text',
  noLines: 'after twenty broken quotes a cell may no longer go over lines',
  grew: 'the file grew while it was read: what was added is read next time',
  unfinished: 'an unfinished last line was left for the next run',
  empty: 'an empty file was passed over; nothing is marked as vanished',
} as const;

/** Why a row cannot be taken as it stands: one place for all sentences that readers of files put into quarantine. */
export const faults = {
  quote: 'a quote is opened and not closed: mend it in the source',
  bytes: (encoding: string) => `the row holds bytes that are not ${encoding}: declare the file's «encoding»`,
  width: (cells: number, header: number) => `the row has ${cells} cells, the header ${header}`,
  long: (mb: number) => `the line is longer than ${mb} MB: is a line break or a closing quote missing?`,
  deep: 'nested too deep to be kept',
  json: (text: string) => `not JSON: ${text.trim().slice(0, 80)}`,
} as const;

export function note(rules: Rules, rule: string, times = 1): void {
  rules[rule] = (rules[rule] ?? 0) + times;
}
