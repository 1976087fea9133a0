import { Html } from './html.ts';

/** Outlook and many webmails keep only inline styles, so these are written into every element. */
export const light = {
  page: '#f2f4f7',
  card: '#ffffff',
  text: '#1b2430',
  muted: '#5d6b7e',
  line: '#e3e8ef',
  link: '#1d56b8',
  good: '#17734a',
  bad: '#b42318',
  track: '#e6ebf2',
  main: '#2563c9',
  alertBack: '#fdf1e3',
  alertText: '#7a3806',
} as const;

/** The same roles where the reader's program tells us that it is dark. */
const dark: Record<keyof typeof light, string> = {
  page: '#0f141b',
  card: '#171e28',
  text: '#e8edf4',
  muted: '#a3afbf',
  line: '#2d3746',
  link: '#8fb8fb',
  good: '#62cf97',
  bad: '#f5958c',
  track: '#2d3746',
  main: '#6ea2f8',
  alertBack: '#3a2a14',
  alertText: '#f6c98f',
};

export const font = "font-family:Inter,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

const roles = ['text', 'muted', 'link', 'good', 'bad', 'alertText'] as const;
const backs = ['page', 'card', 'track', 'main', 'alertBack'] as const;

function darkRules(before: string): string {
  return [
    ...roles.map((role) => `${before}.c-${role}{color:${dark[role]} !important}`),
    ...backs.map((role) => `${before}.b-${role}{background-color:${dark[role]} !important}`),
    `${before}.l-line{border-color:${dark.line} !important}`,
  ].join('');
}

/** What inline styles cannot say: phones, dark programs, and how Outlook for the web marks its dark mode. */
export const sheet = new Html(
  [
    ':root{color-scheme:light dark;supported-color-schemes:light dark}',
    'body{margin:0;padding:0;-webkit-text-size-adjust:100%}',
    'img{border:0;display:block}a{text-decoration:none}',
    '@media (max-width:599px){',
    '.half{max-width:100% !important}.edge{padding-left:16px !important;padding-right:16px !important}',
    '.wide{padding:0 !important}.round{border-radius:0 !important}',
    '}',
    // wide letters (a phone's own, or larger ones) need the room more than the edge does
    '@media (max-width:359px){.edge{padding-left:8px !important;padding-right:8px !important}}',
    // a name breaks between its words before it breaks within one
    '.name{min-width:96px}',
    '@media (max-width:479px){.far{display:none !important}.name{min-width:80px}}',
    `@media (prefers-color-scheme:dark){${darkRules('')}}`,
    darkRules('[data-ogsc] '),
  ].join(''),
);

/** An attribute pair: a class for the dark rules and the light colour for everybody else. */
export function ink(role: (typeof roles)[number], more = ''): Html {
  return new Html(`class="c-${role}" style="color:${light[role]};${more}"`);
}

export function paper(role: (typeof backs)[number], more = '', classes = ''): Html {
  return new Html(
    `class="b-${role}${classes && ` ${classes}`}" bgcolor="${light[role]}" style="background-color:${light[role]};${more}"`,
  );
}

export const line = `border-top:1px solid ${light.line};`;
