import type { EntityName } from '../entities.ts';

/** What values of a source mean where Pulse knows only a few: beginnings of words, in English and Russian. */
type Meanings = { values: Record<string, string[]>; otherwise?: string };

const known: Partial<Record<EntityName, Record<string, Meanings>>> = {
  deals: {
    status: {
      values: {
        lost: [
          'lost',
          'closed lost',
          'отказ',
          'проигра',
          'потерян',
          'не реализован',
          'закрыто и не',
          'неуспе',
          'отмен',
          'cancel',
          'refused',
          'rejected',
          'провал',
          'слив',
          'брак',
        ],
        won: [
          'won',
          'closed won',
          'выигра',
          'успе',
          'оплачен',
          'продан',
          'реализован',
          'paid',
          'completed',
          'delivered',
          'сделка заключена',
          'завершен',
          'выполнен',
        ],
      },
      otherwise: 'open',
    },
  },
  calls: {
    direction: {
      values: {
        in: ['in', 'inbound', 'incoming', 'вход', 'received'],
        out: ['out', 'outbound', 'outgoing', 'исход', 'dialed'],
        internal: ['internal', 'внутр', 'local'],
      },
    },
    disposition: {
      values: {
        no_answer: [
          'no answer',
          'no_answer',
          'noanswer',
          'missed',
          'unanswered',
          'не отвеч',
          'неотвеч',
          'пропущ',
          'нет ответа',
          'не принят',
          'cancel',
        ],
        answered: ['answer', 'отвеч', 'принят', 'успе', 'success', 'completed'],
        busy: ['busy', 'занят'],
        failed: ['fail', 'congestion', 'ошибка', 'неудач', 'error'],
      },
    },
  },
  activities: {
    kind: {
      values: {
        email: ['email', 'mail', 'письм', 'почт'],
        meeting: ['meeting', 'встреч', 'visit', 'визит', 'demo'],
        message: ['message', 'chat', 'sms', 'сообщ', 'чат', 'whatsapp', 'telegram'],
        task: ['task', 'todo', 'задач', 'дело'],
      },
      otherwise: 'task',
    },
  },
  complaints: {
    status: {
      values: {
        rejected: ['reject', 'отклон', 'отказ', 'deleted', 'declined', 'spam'],
        resolved: ['resolved', 'solved', 'closed', 'done', 'решен', 'закры', 'выполн', 'удовлетвор'],
        new: ['new', 'нов', 'зарегистр', 'registered'],
        in_progress: [
          'open',
          'pending',
          'in progress',
          'в работе',
          'на рассмотр',
          'hold',
          'ожида',
          'stalled',
        ],
      },
      otherwise: 'in_progress',
    },
  },
};

export type Reading = { map: Record<string, string>; understood: number; guessed: string[] };

/** The map from a column's values to a field's; null where the field has no such meanings. */
export function readMeanings(entity: EntityName, field: string, values: string[]): Reading | null {
  const meanings = known[entity]?.[field];
  if (!meanings) return null;
  const map: Record<string, string> = {};
  const guessed: string[] = [];
  for (const value of values) {
    const text = value.toLowerCase().replaceAll('ё', 'е').replace(/[_-]+/g, ' ').trim();
    const target = Object.entries(meanings.values).find(([, words]) =>
      words.some((word) => means(text, word)),
    )?.[0];
    if (target) map[value] = target;
    else {
      guessed.push(value);
      if (meanings.otherwise) map[value] = meanings.otherwise;
    }
  }
  return { map, understood: values.length - guessed.length, guessed };
}

function means(text: string, word: string): boolean {
  const plain = word.replaceAll('_', ' ');
  if (/^[a-z]{1,3}$/.test(plain)) return text === plain;
  const isNegated = /(^|\s)(не|not) /.test(text) && !/(^|\s)не/.test(plain);
  return !isNegated && (text.startsWith(plain) || text.includes(` ${plain}`));
}
