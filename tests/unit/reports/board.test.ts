import { describe, expect, test } from 'vitest';
import type { Board, Row, TableBlock } from '../../../src/lib/board.ts';
import { formatValue } from '../../../src/lib/format.ts';
import { renderBoard } from '../../../src/lib/server/reports/board.ts';
import { makeIncident, makeIncidents, makeKpi, makePage } from './page.ts';

const options = { company: 'Вектор', baseUrl: 'https://pulse.example' };
const blank = { sentence: '', state: 'ok' as const, ignored_filters: [] };
const cell = (value: string | number, href: string | null = null) => ({
  ...{ value, href, tone: null, share: null, note: '' },
});

function makeTable(id: string, names: string[], hidden = 0): TableBlock {
  const rows = names.map((name, at): Row => ({
    id: String(at),
    address: null,
    cells: [cell(name, `/drill/sales.won_amount?part=${at}`), cell(1_000 + at), cell(at / 10)],
  }));
  const column = (key: string, kind: 'text' | 'money' | 'percent') => ({ key, title: key, about: '', kind });
  const columns = [column('name', 'text'), column('sum', 'money'), column('share', 'percent')];
  return {
    block: 'table',
    id,
    title: `Table ${id}`,
    columns,
    rows,
    total: null,
    order: '-sum',
    hidden,
    ...blank,
  };
}

function makeBoard(change: Partial<Board> = {}): Board {
  const page = makePage({ locale: 'en' });
  const { id, metric, title, value, unit, direction, comparison_value, change_kind, href } = makeKpi();
  const figure = { id, metric, title, value, unit, direction, comparison_value, change_kind, href };
  return {
    ...page,
    title: 'Sales',
    lead: '',
    state: 'period=last_month',
    sections: [
      {
        ...{ id: 'one', title: 'First', sentence: '', choices: [] },
        blocks: [
          {
            block: 'figures',
            id: 'sum',
            title: '',
            figures: [{ ...figure, change: 0.12, note: 'now' }],
            ...blank,
          },
          {
            block: 'chart',
            ...(page.charts[0] ?? {}),
            id: 'course',
          } as Board['sections'][number]['blocks'][number],
          makeTable('parts', ['A', 'B', 'C']),
        ],
      },
    ],
    ...change,
  };
}

describe('a board as a mail', () => {
  test('says the figures of the page in both parts, and leads back to its very state', async () => {
    const board = makeBoard();
    const { html, text, subject, attachments } = await renderBoard(board, makeIncidents(), 'sales', options);
    const figure = board.sections[0]?.blocks[0];
    if (figure?.block !== 'figures') throw new Error('There is no figure');
    const shown = formatValue(figure.figures[0]?.value ?? null, 'money', board);
    expect(html).toContain(`>${shown}<`);
    expect(text).toContain(shown);
    expect(subject.replace(/\s/g, ' ')).toContain(shown.replace(/\s/g, ' '));
    expect(html).toContain('https://pulse.example/sales?period=last_month');
    expect(attachments.map(({ cid }) => cid)).toEqual(['course@pulse']);
    expect(html).toMatch(/<img[^>]+alt="[^"]{20,}"/);
    expect(text.indexOf('- C – ')).toBeLessThan(text.indexOf('- A – '));
  });

  test('begins with what is wrong on the page, before any figure', async () => {
    const rows = [makeIncident({ title: 'Deals get <stuck>', sentence: 'Worth 5M.' })];
    const wrong = makeIncidents({ rows, total: 3, elsewhere: 4, sentence: '3 incidents.' });
    const { html, text } = await renderBoard(makeBoard(), wrong, 'sales', options);
    expect(html).toContain('Deals get &lt;stuck&gt;');
    for (const part of [text, html.slice(html.indexOf('<h1'))]) {
      const at = ['Worth 5M.', 'Incidents on other pages: 4', 'TABLE PARTS'].map((words) =>
        part.toUpperCase().indexOf(words.toUpperCase()),
      );
      expect(at).toEqual(at.toSorted((a, b) => a - b));
      expect(at[0]).toBeGreaterThan(0);
    }
    const failed = makeIncidents({ state: 'failed', error: 'The warehouse is away.' });
    const mail = await renderBoard(makeBoard(), failed, 'sales', options);
    expect(mail.isIncomplete).toBe(true);
    expect(mail.text).toContain('The warehouse is away.');
    const nothing = await renderBoard(
      makeBoard(),
      makeIncidents({ state: 'not_connected' }),
      'sales',
      options,
    );
    expect(nothing.html).not.toContain('/incidents');
  });

  test('shows the first rows of a table and says how many there are beside', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `Row ${at}.`);
    const sections = [
      { id: 'one', title: 'First', sentence: '', choices: [], blocks: [makeTable('parts', names, 5)] },
    ];
    const { html, text } = await renderBoard(makeBoard({ sections }), makeIncidents(), 'sales', options);
    expect(html).toContain('>Row 19.<');
    expect(html).not.toContain('>Row 13.<');
    expect(html).toContain('More rows on the page: 19');
    expect(text).toContain('More rows on the page: 19');
  });

  test('is cut before Gmail would do it, with a sentence and without pictures that nobody sees', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `${'<Long & "hostile"> '.repeat(12)}${at}`);
    const first = makeBoard().sections[0];
    const many = Array.from({ length: 30 }, (_, at) => ({
      ...{ id: `s${at}`, title: `Section ${at}`, sentence: '', choices: [] },
      blocks: [makeTable(`t${at}`, names)],
    }));
    const sections = first ? [...many, { ...first, title: 'The last one' }] : many;
    const { html, attachments } = await renderBoard(
      makeBoard({ sections }),
      makeIncidents(),
      'sales',
      options,
    );
    expect(Buffer.byteLength(html)).toBeLessThan(98_000);
    expect(html).toContain('would be cut off by mail programs');
    expect(html).toContain('</html>');
    expect(html).not.toContain('The last one');
    expect(html).not.toContain('<Long');
    expect(attachments).toEqual([]);
  });

  test('names what failed in its place and at the top', async () => {
    const sections = [
      {
        ...{ id: 'one', title: 'First', sentence: '', choices: [] },
        blocks: [
          { ...makeTable('bad', []), state: 'failed' as const, error: 'Cube is busy.' },
          makeTable('good', ['A']),
        ],
      },
    ];
    const { html, subject, isIncomplete } = await renderBoard(
      makeBoard({ sections }),
      makeIncidents(),
      'sales',
      options,
    );
    expect(isIncomplete).toBe(true);
    expect(subject).toContain('[Incomplete]');
    expect(html).toContain('Could not be counted: Table bad.');
    expect(html).toContain('Cube is busy.');
  });
});
