import type { Grain } from './page.ts';

/** A measure that can be asked for; `needs` says what has to be connected first. */
export type Offer = { name: string; title: string; about: string; also: string; needs: string | null };
/** Measures of one view: only those can stand in one question. */
export type Topic = { view: string; title: string; offers: Offer[] };
export type Cut = { name: string; title: string; about: string };
/** What has to be chosen before anything can be counted. */
export type Ask = {
  dimension: string;
  title: string;
  about: string;
  choices: { value: string; label: string }[];
  chosen: string | null;
};
export type Start = { id: string; title: string; about: string; href: string };
export type Chip = { dimension: string; title: string; label: string; clear: string };

/** What the page of questions offers: everything in it can be asked. */
export type Builder = {
  topics: Topic[];
  view: string | null;
  measures: { name: string; title: string; needs: string | null }[];
  rows: Cut[];
  across: Cut | null;
  cuts: Cut[];
  filters: Cut[];
  chips: Chip[];
  shape: 'chart' | 'table' | 'pivot';
  grain: Grain | null;
  grains: Grain[];
  dates: Cut[];
  dated: string | null;
  asks: Ask[];
  starts: Start[];
};
