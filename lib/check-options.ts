import { isUint8Array } from 'node:util/types';
import type { ApiTokenModuleOptions } from './api-token-module-options.js';
import { PREFIX_PATTERN } from './tokens/default-token-generator.js';
import type { TokenFormats } from './tokens/api-token-options.js';
import type { Peppers } from './tokens/secret-digester.js';

/** The module is set up wrongly. The message says what to write. */
export class ApiTokenConfigurationError extends Error {
  override readonly name = 'ApiTokenConfigurationError';
  readonly code = 'API_TOKEN_CONFIGURATION';
}

const MIN_PEPPER_BYTES = 16;
/** The longest that a timer waits, in milliseconds: a longer one goes off at once. */
const MAX_TIMER_MS = 2_147_483_647;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Checks what types can't.
 *
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function checkOptions(options: ApiTokenModuleOptions): ApiTokenModuleOptions {
  if (typeof options !== 'object' || options === null) {
    throw new ApiTokenConfigurationError(
      "ApiTokenModule: the factory returned no options: let it return { token: { prefix: 'acme' } }.",
    );
  }
  const problems = [
    ...prefixProblems(options),
    ...pepperProblems(options.token?.peppers),
    ...formatProblems(options.token?.formats),
    ...numberProblems(options),
    ...lifetimeProblems(options),
  ];
  for (const name of ['repository', 'ownerProvider', 'imports', 'extraProviders'] as const) {
    // The options of forRoot() hold them by right; a factory's answer comes too late for them.
    if (name in options) {
      problems.push(`${name} must stand beside useFactory, not in what the factory returns`);
    }
  }
  if (problems.length === 0) return options;
  throw new ApiTokenConfigurationError(`ApiTokenModule: ${problems.join('; ')}.`);
}

function prefixProblems(options: ApiTokenModuleOptions): string[] {
  const prefixes: readonly unknown[] = [options.token?.prefix, ...(options.token?.acceptedPrefixes ?? [])];
  return prefixes
    .filter((prefix) => typeof prefix !== 'string' || !PREFIX_PATTERN.test(prefix))
    .map(
      (prefix) =>
        `token.prefix must be a letter and up to 13 of a-z, 0-9 and _, such as token: { prefix: 'acme' }, ` +
        `not ${JSON.stringify(prefix)}`,
    );
}

function pepperProblems(peppers: Peppers | undefined): string[] {
  if (peppers === undefined) return [];
  const problems: string[] = [];
  if (!Object.hasOwn(peppers.keys, peppers.current)) {
    // Without repeating it: somebody who confuses the two has put the key there.
    problems.push(
      `token.peppers.current must be the ID of one of the keys: ${Object.keys(peppers.keys).join(', ')}`,
    );
  }
  for (const [id, key] of Object.entries(peppers.keys)) {
    if (!KEY_ID.test(id) || id === 'sha256') {
      problems.push(
        `token.peppers.keys: ${JSON.stringify(id)} must be 1 to 32 of A-Z, a-z, 0-9, _ and -, and not sha256`,
      );
    }
    const bytes = typeof key === 'string' || isUint8Array(key) ? Buffer.byteLength(key) : 0;
    if (bytes < MIN_PEPPER_BYTES) {
      problems.push(
        `token.peppers.keys.${id} must be text or bytes, and at least ${MIN_PEPPER_BYTES} bytes long`,
      );
    }
  }
  return problems;
}

function numberProblems({
  deadlineMs,
  managementDeadlineMs,
  cache,
  lastUsed,
  lifetimes,
  maxTokensPerOwner,
}: ApiTokenModuleOptions): string[] {
  const { lifetimeMs, maxTokens } = cache || {};
  const timers = {
    deadlineMs,
    managementDeadlineMs,
    'lastUsed.flushMs': (lastUsed || {}).flushMs,
    'cache.lifetimeMs': lifetimeMs,
  };
  const numbers = {
    ...timers,
    maxTokensPerOwner,
    'cache.maxTokens': maxTokens,
    'lifetimes.defaultMs': lifetimes?.defaultMs,
    'lifetimes.minimumMs': lifetimes?.minimumMs,
    'lifetimes.maximumMs': lifetimes?.maximumMs,
  };
  const wrong = Object.entries(numbers)
    .filter(([, value]) => value !== undefined && !(Number.isInteger(value) && value > 0))
    .map(([name, value]) => `${name} must be a whole number over 0, not ${JSON.stringify(value)}`);
  const long = Object.entries(timers)
    .filter(([, value]) => value !== undefined && value > MAX_TIMER_MS)
    .map(([name, value]) => `${name} must be at most ${MAX_TIMER_MS}, not ${value}: no timer waits longer`);
  return [...wrong, ...long];
}

function lifetimeProblems({
  lifetimes: { defaultMs, minimumMs, maximumMs } = {},
}: ApiTokenModuleOptions): string[] {
  const problems: string[] = [];
  if ((minimumMs ?? 0) > (maximumMs ?? Infinity))
    problems.push('lifetimes.minimumMs is longer than maximumMs');
  if (defaultMs !== undefined && (defaultMs > (maximumMs ?? Infinity) || defaultMs < (minimumMs ?? 0))) {
    problems.push('lifetimes.defaultMs must be between minimumMs and maximumMs');
  }
  return problems;
}

function formatProblems(formats: TokenFormats = {}): string[] {
  const known = ['default', formats.issued?.id, ...(formats.accepted ?? []).map(({ id }) => id)];
  return (formats.deprecated ?? [])
    .filter((id) => !known.includes(id))
    .map((id) => `token.formats.deprecated names ${JSON.stringify(id)}, which is no accepted format`);
}
