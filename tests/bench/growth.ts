import type { Subject } from './subject.ts';

export const measure: Subject = async () => [];
