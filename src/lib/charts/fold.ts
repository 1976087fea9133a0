/**
 * A long name on two lines, shortened in the middle when even these don't hold it: names of one kind often begin
 * alike («Отдел продаж …») and would all read the same if cut at the end.
 */
export function fold(name: string, perLine: number): string {
  if (name.length <= perLine) return name;
  const short = name.length > perLine * 2 ? shorten(name, perLine * 2 - 2) : name;
  const half = Math.min(perLine, short.length);
  const space = short.lastIndexOf(' ', half);
  const at = space >= short.length - perLine && space > 0 ? space : half;
  return `${short.slice(0, at).trimEnd()}\n${short.slice(at).trimStart()}`;
}

function shorten(name: string, length: number): string {
  const end = Math.floor((length - 1) / 2);
  return `${name.slice(0, length - 1 - end).trimEnd()}…${name.slice(-end).trimStart()}`;
}
