/**
 * JSON whose long numbers stay as they are written: JavaScript would round an id of more than 15 digits.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(longNumber.test(text) ? text.replace(tokens, keep) : text);
}

const longNumber = /\d[\d.]{15,}/;
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function keep(token: string): string {
  return token.length > 15 && token[0] !== '"' ? `"${token}"` : token;
}
