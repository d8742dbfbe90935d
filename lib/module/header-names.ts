import { listOf, type OptionRule, shown } from '../utils/option-rules.js';

/** RFC 9110 §5.6.2. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Fields that mean something to servers and proxies: they never hold an API token and nothing else, or do not arrive as
 * they were sent.
 */
const TAKEN: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The names of headers that carry API tokens, in lower case and each one once. */
export const headerNames: OptionRule = (value, name, problems) => {
  const names = listOf(headerName)(value, name, problems);
  return Array.isArray(names) ? [...new Set<unknown>(names)] : [];
};

function headerName(value: unknown, name: string, problems: string[]): unknown {
  if (typeof value !== 'string' || !FIELD_NAME.test(value)) {
    problems.push(`${name} must be the name of a header, such as 'x-api-key', not ${shown(value)}`);
    return value;
  }
  const field = value.toLowerCase();
  if (field === 'authorization') problems.push(`${name}: Authorization is always read. Leave it out`);
  else if (TAKEN.has(field)) {
    problems.push(
      `${name}: ${value} is used for something else. Take a header of your own, such as 'x-api-key'`,
    );
  }
  return field;
}
