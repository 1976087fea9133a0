import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';

type Message = (values: Record<string, string>, options: { locale: Locale }) => string;

/**
 * What loading says in English about rows and runs, with the values it puts into the sentence. Loading keeps the
 * sentence; its pattern is made of the English message, so the two cannot drift apart.
 */
const told: [message: unknown, ...values: string[]][] = [
  [m.reason_number],
  [m.reason_boolean],
  [m.reason_date],
  [m.reason_currency],
  [m.reason_too_long],
  [m.reason_none_of, 'values'],
  [m.reason_between, 'least', 'most'],
  [m.reason_at_least, 'least'],
  [m.reason_required],
  [m.reason_rate],
  [m.reason_cells, 'cells', 'header'],
  [m.reason_not_json, 'text'],
  [m.reason_day_or_month],
  [m.reason_future],
  [m.reason_quote],
  [m.reason_bytes, 'encoding'],
  [m.reason_long_line, 'mb'],
  [m.reason_deep],
  [m.reason_rule_header],
  [m.reason_rule_mark],
  [m.reason_rule_nul],
  [m.reason_rule_quote],
  [m.reason_rule_no_lines],
  [m.reason_rule_grew],
  [m.reason_rule_unfinished],
  [m.reason_rule_empty],
  [m.reason_rule_key],
  [m.reason_rule_clock],
  [m.reason_rule_circle],
  [m.reason_rule_elsewhere],
  [m.reason_rule_named, 'entity'],
  [m.reason_interrupted],
  [m.reason_stopped],
  [m.reason_no_file, 'place'],
  [m.reason_no_column, 'name', 'column', 'columns'],
  [m.reason_no_header, 'name'],
  [m.reason_empty_file, 'name'],
  [m.reason_changing, 'name'],
  [m.reason_ends_early, 'name'],
  [m.reason_busy_file, 'name'],
  [m.reason_encoding, 'encoding'],
  [m.reason_no_list_others, 'name', 'path', 'others'],
  [m.reason_no_list, 'name', 'path'],
  [m.reason_db_refused],
  [m.reason_db_host],
  [m.reason_db_late],
  [m.reason_db_user],
  [m.reason_db_timeout],
  [m.reason_db_closed],
  [m.reason_wait, 'name', 'status', 'seconds'],
  [m.reason_answered_often, 'name', 'status', 'times'],
  [m.reason_answered, 'name', 'status'],
  [m.reason_unreachable, 'name', 'code', 'times'],
  [m.reason_html, 'name'],
  [m.reason_other_host, 'name'],
  [m.reason_token],
  [m.reason_tap_missing],
  [m.reason_tap_ended, 'code', 'text'],
  [m.reason_tap_stream, 'stream', 'streams'],
  [m.reason_db_text, 'text'],
  [m.reason_db_silent],
  [m.reason_db_address],
  [m.reason_db_kind],
  [m.reason_db_mssql],
  [m.reason_file_none, 'name'],
  [m.reason_file_vanished, 'name'],
  [m.reason_file_denied, 'name'],
  [m.reason_file_folder, 'name'],
  [m.reason_file_disk, 'name'],
  [m.reason_file_gzip, 'name'],
  [m.reason_file_written, 'name'],
  [m.reason_file_unfinished, 'name'],
  [m.reason_file_all_empty, 'place'],
  [m.reason_file_document, 'name', 'path'],
  [m.reason_file_download, 'name', 'mb'],
  [m.reason_workbook_writing, 'name'],
  [m.reason_workbook_locked, 'name'],
  [m.reason_workbook_text, 'name', 'text'],
  [m.reason_workbook_large, 'name', 'mb'],
  [m.reason_tap_batch],
  [m.reason_tap_catalog],
  [m.reason_tap_long],
  [m.reason_tap_start, 'code'],
  [m.reason_tap_silent, 'seconds'],
  [m.reason_tap_none, 'stream', 'streams'],
  [m.reason_tap_line, 'text'],
  [m.reason_tap_died, 'code'],
  [m.reason_cursor_form, 'format'],
  [m.reason_page_read, 'name'],
  [m.reason_page_again, 'name'],
  [m.reason_page_endless, 'name', 'pages'],
  [m.reason_page_host],
  [m.reason_answer_html, 'name', 'form'],
  [m.reason_answer_nothing, 'name', 'form'],
  [m.reason_answer_else, 'name', 'form'],
  [m.reason_answer_long, 'name', 'mb'],
  [m.reason_storage_name],
  [m.reason_storage_list, 'bucket'],
  [m.reason_redirect_post, 'name'],
  [m.reason_redirect_circle, 'name'],
  [m.reason_address],
  [m.reason_address_protocol, 'protocol'],
  [m.reason_address_user],
  [m.reason_address_forbidden],
  [m.reason_derive, 'name', 'text'],
];

const patterns = told.map(([message, ...values]) => {
  const say = message as Message;
  const marks = Object.fromEntries(values.map((value) => [value, `\0${value}\0`]));
  const source = say(marks, { locale: 'en' })
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\0(\w+)\0/g, (_, value: string) => `(?<${value}>.+?)`);
  return { say, pattern: new RegExp(`^${source}$`, 's') };
});

/** A sentence of loading in the reader's language; one that is not known here stays as it was written. */
export function tell(sentence: string, locale: Locale): string {
  if (locale === 'en') return sentence;
  for (const { say, pattern } of patterns) {
    const found = pattern.exec(sentence);
    if (found) return say({ ...found.groups }, { locale });
  }
  return sentence;
}
