import type { EntityName } from '../entities.ts';

/** What people and systems call a field, in English and Russian. The first words are the surest. */
export type Synonyms = Record<string, string[]>;

const person =
  'manager,owner,responsible,assignee,assigned to,sales agent,sales rep,agent,seller,employee,менеджер,ответственный,сотрудник,продавец,оператор,исполнитель';
const customer =
  'customer,client,account,company,buyer,contact,organization,requester,клиент,контрагент,компания,заказчик,покупатель,организация,контакт';
const product = 'product,item,good,service,sku,товар,продукт,услуга,номенклатура,позиция';
const created =
  'created at,created,created on,create date,creation date,date created,opened,open date,start date,engage date,order date,buy ts,дата создания,создан,создана,дата открытия,дата заказа,date,дата,timestamp';
const deal = 'deal,opportunity,order,lead,сделка,заказ,лид';
const money = 'amount,sum,total,value,price,сумма,стоимость,итого';
const campaign =
  'campaign,campaign id,campaign name,кампания,рекламная кампания,номер кампании,название кампании';
const utm = {
  utm_source: 'utm source,source,источник',
  utm_medium: 'utm medium,medium,канал',
  utm_campaign: 'utm campaign',
};
const status = 'status,state,outcome,result,статус,состояние,результат';

const fields: Partial<Record<EntityName, Record<string, string>>> = {
  teams: {
    source_id: 'id,team id,department id,ид,код',
    name: 'team,department,name,отдел,группа,подразделение,команда,название,наименование',
    parent_id:
      'parent,parent id,regional office,region,head department,родитель,вышестоящее подразделение,филиал',
  },
  employees: {
    source_id: 'id,employee id,user id,owner id,табельный номер,ид,код,extension,внутренний номер',
    name: 'name,full name,employee,sales agent,sales rep,agent,user,фио,сотрудник,менеджер,имя,manager',
    email: 'email,e mail,mail,почта,электронная почта',
    team_id:
      'team,department,group,team id,отдел,группа,подразделение,команда,руководитель,supervisor,team lead,manager,head',
    role: 'role,position,job title,title,должность,роль',
    hired_at: 'hired,hire date,hired at,дата приема,принят',
    left_at: 'left,left at,dismissed,termination date,дата увольнения,уволен',
  },
  customers: {
    source_id: 'id,customer id,client id,account id,company id,инн,inn,tax id,ид,код,код клиента',
    name: `name,company name,customer name,${customer},название,наименование,фио`,
    kind: 'type,kind,segment,customer type,тип,сегмент,вид,категория',
    industry: 'industry,sector,branch,отрасль,сфера,сфера деятельности',
    region: 'region,country,city,office location,location,state,регион,город,страна,область,адрес',
    email: 'email,e mail,mail,почта,электронная почта',
    phone: 'phone,telephone,mobile,phone number,телефон,мобильный,номер телефона',
    owner_id: person,
    created_at: created,
  },
  products: {
    source_id: 'id,product id,sku,article,артикул,код,ид',
    name: `name,product name,${product},название,наименование`,
    category: 'category,series,group,family,type,line,категория,группа,серия,вид,раздел',
    unit_price: 'price,sales price,unit price,list price,цена,цена продажи,розничная цена',
    unit_cost: 'cost,unit cost,purchase price,себестоимость,закупочная цена',
  },
  deals: {
    source_id:
      'id,deal id,opportunity id,order id,lead id,record id,row id,deal number,order number,lead number,номер сделки,id сделки,номер заказа,номер,ид,код',
    title: 'title,deal name,name,opportunity name,subject,название сделки,название,тема,наименование',
    customer_id: `${customer},customer name,customer id,client id,account id,company id,uid`,
    owner_id: `${person},owner id,user id`,
    stage_id: 'stage,deal stage,pipeline stage,stage id,этап сделки,этап,стадия,стадия сделки,этап воронки',
    status: `deal status,${status},статус сделки`,
    product_id: `${product},product name,product id`,
    amount: `deal amount,close value,${money},revenue,budget,sales,сумма сделки,бюджет,выручка`,
    cost: 'cost,себестоимость,затраты',
    currency: 'currency,currency code,валюта',
    created_at: created,
    closed_at:
      'close date,closed at,closed,closing date,won time,ship date,дата закрытия,закрыта,закрыт,дата завершения,дата продажи',
    expected_close_at:
      'expected close,expected close date,предполагаемая дата закрытия,forecast date,плановая дата закрытия,ожидаемая дата закрытия,планируемая дата',
    probability: 'probability,вероятность',
    first_response_at: 'first response,first response at,первый ответ,дата первого ответа',
    lost_reason: 'lost reason,loss reason,reason,причина отказа,причина проигрыша,причина',
    campaign_id: campaign,
    ...utm,
    utm_content: 'utm content',
    utm_term: 'utm term',
    url: 'url,link,ссылка',
    is_test: 'is test,test,тест,тестовая',
  },
  deal_stage_events: {
    deal_id: `${deal},deal id,opportunity id,case id,case,id сделки,номер сделки`,
    stage_id: 'stage,new stage,to stage,activity,stage name,stage id,этап,стадия,новый этап',
    entered_at: `entered at,changed at,moved at,time,complete timestamp,${created},дата перехода,дата изменения`,
  },
  calls: {
    source_id: 'id,call id,uniqueid,unique id,ид звонка,ид,номер',
    started_at: `started at,start time,call date,calldate,start,дата звонка,начало,время звонка,${created}`,
    direction: 'direction,call type,type,направление,тип звонка,тип',
    disposition: `disposition,call status,${status},статус звонка`,
    duration_s: 'duration,длительность,продолжительность,общая длительность',
    talk_s: 'talk,talk time,billsec,conversation,длительность разговора,время разговора',
    wait_s: 'wait,wait time,ожидание,время ожидания',
    employee_id: `${person},extension,внутренний номер`,
    customer_id: customer,
    deal_id: deal,
    phone: 'phone,phone number,number,caller,caller id,телефон,номер телефона,номер клиента',
  },
  activities: {
    source_id: 'id,activity id,task id,ид,номер',
    kind: 'kind,type,activity type,тип,вид',
    created_at: created,
    employee_id: person,
    customer_id: customer,
    deal_id: deal,
    due_at: 'due,due date,deadline,срок,крайний срок',
    done_at: 'done,completed,done at,completed at,выполнена,дата выполнения',
  },
  marketing_spend: {
    day: 'day,date,dt,дата,день',
    campaign_id: `${campaign},source id`,
    ...utm,
    cost: 'cost,costs,spend,spent,amount spent,расход,расходы,затраты,стоимость,сумма',
    currency: 'currency,валюта',
    impressions: 'impressions,shows,views,показы',
    clicks: 'clicks,клики,переходы',
  },
  complaints: {
    source_id: 'id,complaint id,ticket id,case id,номер обращения,номер,ид',
    opened_at: `opened at,date received,received,дата обращения,дата жалобы,${created}`,
    status: `${status},complaint status,ticket status`,
    first_response_at: 'first response,first reply,первый ответ',
    resolved_at: 'resolved,resolved at,closed at,solved at,дата решения,решено,дата закрытия',
    due_at: 'due,due date,deadline,срок',
    cause: 'cause,issue,reason,причина,вид проблемы,category,категория',
    severity: 'severity,priority,важность,приоритет,критичность',
    channel: 'channel,submitted via,via,канал',
    subject: 'subject,title,summary,sub issue,тема,описание',
    customer_id: customer,
    product_id: product,
    employee_id: person,
  },
  survey_responses: {
    source_id: 'id,response id,номер,ид',
    answered_at: `answered at,submitted,submit date,submitdate,completed at,дата ответа,дата опроса,${created}`,
    score: 'score,nps,rating,grade,оценка,балл',
    survey: 'survey,survey name,опрос',
    customer_id: customer,
    employee_id: person,
    comment: 'comment,feedback,text,комментарий,отзыв,explication',
  },
  invoices: {
    source_id: 'id,invoice id,invoice number,invoice,номер счета,счет,номер',
    issued_at: `issued at,issue date,invoice date,дата счета,дата выставления,${created}`,
    due_at: 'due,due date,pay until,срок оплаты,оплатить до',
    amount: `invoice amount,${money},сумма счета`,
    currency: 'currency,валюта',
    customer_id: customer,
    deal_id: deal,
  },
  payments: {
    source_id: 'id,payment id,transaction id,номер платежа,номер,ид',
    paid_at: `paid at,payment date,paid,дата оплаты,дата платежа,${created}`,
    amount: `payment amount,paid amount,${money},сумма оплаты,сумма платежа`,
    currency: 'currency,валюта',
    invoice_id: 'invoice,invoice id,счет,номер счета',
    customer_id: customer,
    deal_id: deal,
  },
  plans: {
    month: 'month,period,month of order date,месяц,период',
    metric: 'metric,indicator,показатель,метрика',
    scope_kind: 'scope kind,level,уровень',
    scope: 'scope,team,employee,category,отдел,менеджер,сотрудник,категория',
    target: 'target,plan,goal,план,цель',
  },
  fx_rates: {
    day: 'day,date,дата',
    currency: 'currency,code,валюта,код',
    rate: 'rate,exchange rate,курс',
  },
};

const called: Partial<Record<EntityName, string>> = {
  teams: 'teams,departments,отделы,команды,подразделения',
  employees: 'employees,users,agents,managers,staff,sales teams,owners,сотрудники,менеджеры,пользователи',
  customers: 'customers,clients,accounts,companies,contacts,клиенты,контрагенты,компании,контакты',
  products: 'products,items,goods,catalog,товары,номенклатура,продукты',
  deals: 'deals,opportunities,pipeline,sales pipeline,orders,leads,sales,сделки,заказы,лиды,продажи',
  deal_stage_events: 'stage events,stage history,deal history,event log,история этапов,история сделок',
  calls: 'calls,cdr,call log,звонки',
  activities: 'activities,tasks,meetings,задачи,дела,встречи',
  marketing_spend: 'spend,costs,ads,ad costs,marketing,расходы,реклама',
  complaints: 'complaints,tickets,cases,claims,жалобы,обращения,рекламации',
  survey_responses: 'survey,surveys,responses,nps,опросы,опрос,ответы',
  invoices: 'invoices,bills,счета',
  payments: 'payments,transactions,платежи,оплаты',
  plans: 'plans,targets,sales target,goals,планы,план',
  fx_rates: 'rates,fx,fx rates,exchange rates,курсы,курсы валют',
};

const shared: Synonyms = {
  updated_at: [
    'updated at',
    'updated',
    'modified',
    'last modified',
    'modified at',
    'изменен',
    'изменена',
    'дата изменения',
    'обновлен',
  ],
  is_deleted: ['is deleted', 'deleted', 'удален', 'удалена', 'пометка удаления'],
};

const split = (text: string): string[] => text.split(',');

/** The entities that a table can be proposed for. */
export const known = Object.keys(fields) as EntityName[];

/** Every field of an entity that has names, with them. */
export function synonymsOf(entity: EntityName): Synonyms {
  const own = Object.entries(fields[entity] ?? {}).map(([field, text]) => [field, split(text)] as const);
  return { ...Object.fromEntries(own), ...shared };
}

/** The words of a header or file name: `closeDate`, `close_date` and `Close date:` are the same. */
export function toWords(name: string): string[] {
  return (
    name
      .replace(/\.(csv|tsv|txt|xlsx|jsonl?|ndjson)(\.gz)?$/i, '')
      .replace(/([a-zа-я0-9])([A-ZА-Я])/g, '$1 $2')
      .toLowerCase()
      .replaceAll('ё', 'е')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

/**
 * How surely a header means what its synonyms name: 1 for the very words, less where words are left over on either
 * side. Russian words are compared by their beginning, since their endings change.
 */
export function scoreName(header: string, synonyms: string[]): number {
  const words = toWords(header);
  let best = 0;
  synonyms.forEach((synonym, rank) => {
    const wanted = toWords(synonym);
    const found = wanted.filter((word) => words.some((own) => isSame(own, word))).length;
    if (found < wanted.length || !words.length) return;
    const coverage = wanted.length / Math.max(words.length, wanted.length);
    best = Math.max(best, (coverage === 1 ? 1 : 0.5 + 0.35 * coverage) - Math.min(rank, 10) * 0.01);
  });
  return best;
}

/** How surely a file or table of this name holds the entity. */
export function scoreEntity(name: string, entity: EntityName): number {
  return scoreName(name.split(/[/\\]/).at(-1) ?? name, split(called[entity] ?? ''));
}

function isSame(own: string, word: string): boolean {
  if (own === word) return true;
  if (!/[а-я]/.test(word) || word.length < 5) return false;
  const stem = word.slice(0, Math.max(4, word.length - 2));
  return own.startsWith(stem) && Math.abs(own.length - word.length) <= 2;
}
