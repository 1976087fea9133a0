/** Quoting for SQL that is put together from a mapping. */
export const literal = (value: string): string => {
  const escaped = value.replaceAll("'", "''");
  return value.includes('\\') ? ` E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
};

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const list = (values: readonly string[]): string => values.map(literal).join(', ');
