import type { Example } from './demonstration-token.js';

/** A line for a shell that sends the example, and says as a comment how it will be answered. */
export function curl(
  url: string,
  credential: readonly string[],
  { method, path, body, status }: Example,
): string {
  const words = ['curl', '-i', ...credential];
  if (method !== 'GET') words.push('-X', method);
  if (body !== undefined) words.push('-H', 'Content-Type: application/json', '-d', JSON.stringify(body));
  return `${[...words, url + path].map(quoted).join(' ')}  # ${status}`;
}

function quoted(word: string): string {
  return /^[\w:/.-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
