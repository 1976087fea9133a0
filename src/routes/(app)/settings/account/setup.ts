/** The form carries what is being set up, so that a slip in the code does not begin anew. It is the person's own secret. */
export function readUri(text: string): string | null {
  return text.startsWith('otpauth://totp/') && text.length < 1000 && URL.canParse(text) ? text : null;
}

export function readCodes(text: string): string[] {
  return text
    .split(' ')
    .filter((code) => /^[\w-]{4,40}$/.test(code))
    .slice(0, 20);
}
