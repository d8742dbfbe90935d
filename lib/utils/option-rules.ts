import { ApiTokenConfigurationError } from './api-token-configuration.error.js';
import { closestName } from '../policy/closest-name.js';
import { memberNames, unpolluted } from '../policy/unpolluted.js';

/**
 * Checks a value that a user wrote, and returns it as it will be used: read once, so that what was checked is what is
 * used.
 *
 * @param name - Where the value stands, such as `cache.lifetimeMs`.
 * @param problems - Takes what is wrong, in words that say what to write.
 */
export type OptionRule = (value: unknown, name: string, problems: string[]) => unknown;

/** The members of an object by name. A member that is undefined counts as left out. */
export type OptionRules = Readonly<Record<string, OptionRule>>;

/** The longest value that a message repeats, in characters. */
const LONGEST_SHOWN = 60;

/** A value that passes a test. */
export function matching(test: (value: unknown) => boolean, wanted: string): OptionRule {
  return (value, name, problems) => {
    if (!test(value)) problems.push(`${name} must be ${wanted}, not ${shown(value)}`);
    return value;
  };
}

/** Any text. */
export const text: OptionRule = matching((value) => typeof value === 'string', 'text');

/** True or false. */
export const flag: OptionRule = matching((value) => typeof value === 'boolean', 'true or false');

/** A function. */
export const callback: OptionRule = matching((value) => typeof value === 'function', 'a function');

/** A class. */
export const classReference: OptionRule = matching(isClass, 'a class');

/** One of a few words. */
export function oneOf(...words: readonly string[]): OptionRule {
  const wanted = words.map((word) => `'${word}'`).join(' or ');
  return matching((value) => typeof value === 'string' && words.includes(value), wanted);
}

/** A number of things, or of milliseconds. */
export function wholeNumber(maximum: number = Number.MAX_SAFE_INTEGER): OptionRule {
  return (value, name, problems) => {
    if (!Number.isSafeInteger(value) || (value as number) <= 0) {
      problems.push(`${name} must be a whole number over 0, not ${shown(value)}`);
    } else if ((value as number) > maximum) {
      problems.push(`${name} must be at most ${maximum}, not ${shown(value)}: no timer waits longer`);
    }
    return value;
  };
}

/** A list whose members keep a rule. */
export function listOf(rule: OptionRule): OptionRule {
  return (value, name, problems) => {
    if (Array.isArray(value)) {
      return value.map((member: unknown, index) => rule(member, `${name}[${index}]`, problems));
    }
    problems.push(`${name} must be a list, not ${shown(value)}`);
    return [];
  };
}

/**
 * Values by key.
 *
 * @param undefinedToo - Whether a value that is undefined is checked too, and not left out.
 */
export function mapOf(
  ruleOf: (key: string) => OptionRule,
  { undefinedToo = false }: { readonly undefinedToo?: boolean } = {},
): OptionRule {
  return (value, name, problems) => {
    const map = emptyObject();
    if (!isPlain(value)) problems.push(`${name} must be an object, not ${shown(value)}`);
    else {
      for (const key of memberNames(value)) {
        const member = Reflect.get(value, key) as unknown;
        if (member !== undefined || undefinedToo) map[key] = ruleOf(key)(member, `${name}.${key}`, problems);
      }
    }
    return map;
  };
}

/**
 * An object with these members and no others.
 *
 * @param required - The members that may not be left out, with what to write.
 * @param misplaced - What to write where a member stands here that belongs somewhere else.
 */
export function objectOf(
  rules: OptionRules,
  {
    required = {},
    misplaced = {},
  }: {
    readonly required?: Readonly<Record<string, string>>;
    readonly misplaced?: Readonly<Record<string, string>>;
  } = {},
): OptionRule {
  return (value, name, problems) => {
    const members = emptyObject();
    if (!isPlain(value)) {
      problems.push(`${name} must be an object, not ${shown(value)}`);
      return members;
    }
    const given = unpolluted(value);
    const prefix = name === '' ? '' : `${name}.`;
    for (const [key, rule] of Object.entries(rules)) {
      const member: unknown = Reflect.get(given, key);
      if (member !== undefined) members[key] = rule(member, prefix + key, problems);
      else if (Object.hasOwn(required, key)) problems.push(`${prefix}${key} is missing: ${required[key]}`);
    }
    for (const key of memberNames(value).filter((known) => !Object.hasOwn(rules, known))) {
      const elsewhere = Object.hasOwn(misplaced, key) ? misplaced[key] : undefined;
      const meant = closestName(key, [...Object.keys(rules), ...Object.keys(misplaced)]);
      const advice =
        meant === undefined
          ? `Known are ${Object.keys(rules).join(', ')}`
          : `Did you mean ${prefix}${meant}?${Object.hasOwn(rules, meant) ? '' : ` It ${misplaced[meant]}`}`;
      problems.push(
        elsewhere === undefined ? `${prefix}${key} is not known. ${advice}` : `${prefix}${key} ${elsewhere}`,
      );
    }
    return members;
  };
}

/** False, or what keeps another rule. */
export function orFalse(rule: OptionRule): OptionRule {
  return (value, name, problems) => {
    if (value === false) return false;
    if (isPlain(value)) return rule(value, name, problems);
    problems.push(`${name} must be false or an object, not ${shown(value)}`);
    return false;
  };
}

/** An object of the application, which has to have these functions and may have anything else. */
export function havingMethods(type: string, ...methods: readonly string[]): OptionRule {
  return matching(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof Reflect.get(value, method) === 'function'),
    `an ${type} with ${methods.map((method) => `${method}()`).join(', ')}`,
  );
}

/**
 * Checks the arguments of a decorator, by their names. One that is undefined was not left out: its caller has a default
 * for that.
 *
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function checkArguments(
  decorator: string,
  rules: OptionRules,
  given: Readonly<Record<string, unknown>>,
): void {
  const problems: string[] = [];
  for (const [name, rule] of Object.entries(rules)) rule(given[name], name, problems);
  if (problems.length > 0) throw new ApiTokenConfigurationError(`${decorator}: ${problems.join('; ')}.`);
}

/** Whether a value can be called with `new`. */
export function isClass(value: unknown): value is new (...dependencies: never[]) => object {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

/** A value as a message repeats it. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > LONGEST_SHOWN ? 'a long text' : JSON.stringify(value);
    case 'function':
      return isClass(value) ? `the class ${value.name}` : 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'a list' : 'an object';
    default:
      return String(value);
  }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object that inherits nothing, so that nothing but what was given is an option. */
function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
