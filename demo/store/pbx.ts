import type { Call } from '../company/outside.ts';
import type { Table } from './tables.ts';

/** Asterisk's own table, column for column, and the extensions as FreePBX keeps them: it knows no ids of the CRM. */
export const pbx: Table[] = [
  {
    name: 'extensions',
    columns: { extension: 'text primary key', name: 'text not null' },
    rows: (c) =>
      c.users
        .filter((u) => u.internal_phone !== null)
        .map((u) => ({ extension: u.internal_phone, name: u.full_name })),
  },
  {
    name: 'cdr',
    columns: {
      calldate: 'timestamp not null',
      clid: 'text not null',
      src: 'text not null',
      dst: 'text not null',
      dcontext: 'text not null',
      channel: 'text not null',
      dstchannel: 'text not null',
      lastapp: 'text not null',
      lastdata: 'text not null',
      duration: 'integer not null',
      billsec: 'integer not null',
      disposition: 'text not null',
      amaflags: 'integer not null',
      accountcode: 'text not null',
      uniqueid: 'text not null',
      userfield: 'text not null',
      linkedid: 'text not null',
    },
    indexes: ['calldate', 'uniqueid'],
    rows: function* (c) {
      for (const call of c.calls) yield write(call);
    },
  },
];

function write(call: Call): object {
  const serial = call.uniqueid.slice(-8);
  // Who dials from a mobile past the CRM, or is put through by the menu, leaves a number only.
  const isKnown = call.company !== null && call.at % 5 !== 0;
  const trunk = `PJSIP/trunk-${serial}`;
  const [near, far] =
    call.context === 'from-trunk'
      ? [trunk, `PJSIP/${call.dst}-${serial}`]
      : [`PJSIP/${call.src}-${serial}`, trunk];
  return {
    calldate: call.at,
    clid: `"${call.src}" <${call.src}>`,
    src: call.src,
    dst: call.dst,
    dcontext: call.context,
    channel: near,
    dstchannel: far,
    lastapp: 'Dial',
    lastdata: `PJSIP/${call.dst},60,tTkK`,
    duration: call.duration,
    billsec: call.billsec,
    disposition: call.disposition,
    amaflags: 3,
    accountcode: isKnown ? String(call.company) : '',
    uniqueid: call.uniqueid,
    userfield: call.lead === null ? '' : `lead=${call.lead}`,
    linkedid: call.uniqueid,
  };
}
