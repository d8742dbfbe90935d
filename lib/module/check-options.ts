import { isUint8Array } from 'node:util/types';
import type { Type } from '@nestjs/common';
import { ApiTokenPolicyCatalog } from '../audit/api-token-policy-catalog.js';
import { ApiTokenAuthenticator } from '../authentication/api-token-authenticator.js';
import { PolicyEvaluator } from '../authentication/policy-evaluator.js';
import { ApiTokenService } from '../management/api-token.service.js';
import { injectedDependencies, resolveForwardReference } from '../utils/injected-dependencies.js';
import { ApiTokenConfigurationError } from '../utils/api-token-configuration.error.js';
import type { ApiTokenModuleProviders } from './api-token-module-options.js';
import { headerNames } from './header-names.js';
import {
  callback,
  classReference,
  flag,
  havingMethods,
  isClass,
  listOf,
  mapOf,
  matching,
  objectOf,
  oneOf,
  type OptionRule,
  type OptionRules,
  orFalse,
  shown,
  text,
  wholeNumber,
} from '../utils/option-rules.js';
import { PREFIX_PATTERN } from '../secrets/default-token-generator.js';
import type { ApiTokenFormats } from '../secrets/secret-formats.js';
import type { ApiTokenLifetimes } from '../management/check-lifetime.js';
import type { ApiTokenFactoryOptions } from './api-token-factory-options.js';
import type { ApiTokenPeppers } from '../secrets/secret-digester.js';

const MIN_PEPPER_BYTES = 16;
/** The longest that a timer waits, in milliseconds: a longer one goes off at once. */
const MAX_TIMER_MS = 2_147_483_647;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

const timer = wholeNumber(MAX_TIMER_MS);
const count = wholeNumber();

const prefix = matching(
  (value) => typeof value === 'string' && PREFIX_PATTERN.test(value),
  "a letter and up to 13 of a-z, 0-9 and _, such as token: { prefix: 'acme' }",
);

const formatMethods = ['claims', 'hasShape', 'hasValidChecksum'] as const;
const format = withId(havingMethods('ApiTokenFormat', ...formatMethods));
const generator = withId(havingMethods('ApiTokenGenerator', ...formatMethods, 'generate', 'validate'));

const auditLevel = oneOf('error', 'warn', 'strict');
const auditObject = objectOf({
  level: auditLevel,
  outside: listOf(
    matching(isPathPattern, 'a path as the audit prints it, with * at its end where it stands for more'),
  ),
  knownPipes: listOf(classReference),
  compositeGuards: listOf(classReference),
});

/** The options that stand in a group, with what they may be. */
const GROUPS = {
  token: {
    prefix,
    acceptedPrefixes: listOf(prefix),
    peppers: withoutValue(
      checked(
        objectOf(
          {
            current: withoutValue(text, 'the ID of one of the keys'),
            keys: withoutValue(pepperKeys, '{ <key ID>: <key> }'),
          },
          { required: { current: 'write the ID of one of the keys', keys: 'write { <key ID>: <key> }' } },
        ),
        pepperProblems,
      ),
      '{ current, keys }',
    ),
    formats: checked(
      objectOf({ issued: generator, accepted: listOf(format), deprecated: listOf(text) }),
      formatProblems,
    ),
    lifetimes: checked(objectOf({ defaultMs: count, minimumMs: count, maximumMs: count }), lifetimeProblems),
    maxPerOwner: count,
  },
  requests: {
    credentials: oneOf('required', 'optional'),
    headers: headerNames,
    contexts: mapOf(contextRule),
    skipIf: callback,
  },
  policies: {
    defaultDecision: oneOf('allow', 'deny'),
    defaultTokenAccess: flag,
    unknownIds: oneOf('report', 'deny'),
  },
  errors: { explainDenials: flag, exceptionFactory: callback },
  timeouts: { lookupMs: timer, managementMs: timer },
} satisfies Partial<Record<keyof ApiTokenFactoryOptions, OptionRules>>;

/** Every option, with what it may be. */
const OPTIONS = {
  token: objectOf(GROUPS.token, { required: { prefix: "write token: { prefix: 'acme' }" } }),
  requests: objectOf(GROUPS.requests),
  policies: objectOf(GROUPS.policies),
  errors: objectOf(GROUPS.errors),
  timeouts: objectOf(GROUPS.timeouts),
  cache: orFalse(objectOf({ maxTokens: count, maxBytes: count, lifetimeMs: timer })),
  lastUsed: orFalse(objectOf({ flushMs: timer })),
  audit: (value, name, problems) =>
    (typeof value === 'object' ? auditObject : auditLevel)(value, name, problems),
  clock: callback,
} satisfies Record<keyof ApiTokenFactoryOptions, OptionRule>;

/** What stands beside the options. */
const EXTRAS = {
  repository: providerWithout(ApiTokenAuthenticator, ApiTokenService),
  ownerProvider: providerWithout(ApiTokenAuthenticator),
  isGlobal: flag,
  imports: listOf((value) => value),
  extraProviders: listOf((value) => value),
} satisfies Record<keyof ApiTokenModuleProviders, OptionRule>;

const REPOSITORY_MISSING =
  'write repository: InMemoryApiTokenStore for a first try, or TypeOrmApiTokenStore of nestjs-api-token/typeorm, or a ' +
  'class of yours that extends ApiTokenRepository';

const options = objectOf(OPTIONS, {
  required: { token: "write token: { prefix: 'acme' }" },
  misplaced: {
    ...outsideTheirGroup(''),
    // forRoot() takes them out beforehand; a factory's answer comes too late for them.
    ...misplaced(Object.keys(EXTRAS), 'must stand beside useFactory, not in what the factory returns'),
  },
});

const extras = objectOf(EXTRAS, { required: { repository: REPOSITORY_MISSING } });

const FACTORIES = { useFactory: callback, useClass: classReference, useExisting: injectionToken };

const asyncRoot = objectOf(
  { ...EXTRAS, ...FACTORIES, inject: listOf((value) => value) },
  {
    required: { repository: REPOSITORY_MISSING },
    misplaced: {
      ...outsideTheirGroup(', in what the factory returns'),
      ...misplaced(Object.keys(OPTIONS), 'must be in what the factory returns, not beside it'),
    },
  },
);

/**
 * Checks what types can't, and what is no type in JavaScript.
 *
 * @returns The options as they were when they were checked, with nothing else in them.
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function checkOptions(given: unknown): ApiTokenFactoryOptions {
  if (typeof given !== 'object' || given === null) {
    throw new ApiTokenConfigurationError(
      "ApiTokenModule: the factory returned no options: let it return { token: { prefix: 'acme' } }.",
    );
  }
  return check(options, given);
}

/**
 * Checks what stands beside the options in `forRoot()`.
 *
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function checkProviders(given: unknown): ApiTokenModuleProviders {
  return check(extras, given);
}

/**
 * Checks the argument of `forRootAsync()`.
 *
 * @throws {ApiTokenConfigurationError} With every problem.
 */
export function checkAsyncOptions<Root extends object>(given: Root): Root {
  return check(
    checked<Root>(asyncRoot, (root) => {
      const factories = Object.keys(FACTORIES).filter((name) => name in root);
      if (factories.length === 1) return circularOptions(root);
      return ['one of useFactory, useClass and useExisting must say where the options come from'];
    }),
    given,
  );
}

function misplaced(names: readonly string[], advice: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, advice]));
}

/** What to write where an option stands beside its group, and not in it. */
function outsideTheirGroup(where: string): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(GROUPS).flatMap(([group, rules]) =>
      Object.keys(rules).map((name) => ({ [name]: `must stand in ${group}: { ${name}: ... }${where}` })),
    ),
  ) as Record<string, string>;
}

/** What is wrong where the options are made with a service that is made of them. */
function circularOptions({ inject = [] }: ProviderParts): string[] {
  const needed = inject.map(injectedToken);
  return [ApiTokenAuthenticator, ApiTokenService, PolicyEvaluator, ApiTokenPolicyCatalog]
    .filter((service) => needed.includes(service))
    .map((service) => circle('useFactory', service));
}

function check<T>(rule: OptionRule, given: unknown): T {
  const problems: string[] = [];
  const read = rule(given ?? {}, '', problems);
  if (problems.length === 0) return read as T;
  throw new ApiTokenConfigurationError(`ApiTokenModule: ${problems.join('; ')}.`);
}

/** A rule, and what has to hold between members that keep it. */
function checked<T>(rule: OptionRule, problemsOf: (value: T, name: string) => string[]): OptionRule {
  return (value, name, problems) => {
    const found: string[] = [];
    const read = rule(value, name, found);
    problems.push(...(found.length === 0 ? problemsOf(read as T, name) : found));
    return read;
  };
}

function withId(rule: OptionRule): OptionRule {
  return (value, name, problems) => {
    const known = problems.length;
    const read = rule(value, name, problems);
    if (problems.length === known) text((value as { id: unknown }).id, `${name}.id`, problems);
    return read;
  };
}

/** A rule whose message does not repeat a value of another type: somebody may have put a key there. */
function withoutValue(rule: OptionRule, wanted: string): OptionRule {
  return (value, name, problems) => {
    if (typeof value === (rule === text ? 'string' : 'object') && value !== null)
      return rule(value, name, problems);
    problems.push(`${name} must be ${wanted}`);
    return value;
  };
}

function pepperKeys(value: unknown, name: string, problems: string[]): unknown {
  return mapOf(
    () => (key, keyName, found) => {
      const bytes = typeof key === 'string' || isUint8Array(key) ? Buffer.byteLength(key) : 0;
      if (bytes < MIN_PEPPER_BYTES) {
        found.push(`${keyName} must be text or bytes, and at least ${MIN_PEPPER_BYTES} bytes long`);
      }
      return key;
    },
    { undefinedToo: true },
  )(value, name, problems);
}

function pepperProblems({ current, keys }: ApiTokenPeppers, name: string): string[] {
  const ids = Object.keys(keys);
  const problems = ids
    .filter((id) => !KEY_ID.test(id) || id === 'sha256')
    .map((id) => `${name}.keys: ${shown(id)} must be 1 to 32 of A-Z, a-z, 0-9, _ and -, and not sha256`);
  if (!ids.includes(current)) {
    problems.push(`${name}.current must be the ID of one of the keys: ${ids.join(', ')}`);
  }
  return problems;
}

function lifetimeProblems(
  { defaultMs, minimumMs = 0, maximumMs = Infinity }: ApiTokenLifetimes,
  name: string,
): string[] {
  const problems: string[] = [];
  if (minimumMs > maximumMs) problems.push(`${name}.minimumMs is longer than maximumMs`);
  if (defaultMs !== undefined && (defaultMs > maximumMs || defaultMs < minimumMs)) {
    problems.push(`${name}.defaultMs must be between minimumMs and maximumMs`);
  }
  return problems;
}

function formatProblems({ issued, accepted = [], deprecated = [] }: ApiTokenFormats, name: string): string[] {
  const known = ['default', issued?.id, ...accepted.map(({ id }) => id)];
  return deprecated
    .filter((id) => !known.includes(id))
    .map((id) => `${name}.deprecated names ${shown(id)}, which is no accepted format`);
}

function contextRule(type: string): OptionRule {
  return (value, name, problems) => {
    if (type === 'http') {
      problems.push(
        `${name} can't be set: HTTP requests are always read. Let some pass with requests.skipIf or @SkipApiTokenPolicy()`,
      );
    } else if (typeof value === 'object') {
      havingMethods('ApiTokenContextAdapter', 'read', 'carrier')(value, name, problems);
    } else if (value !== 'deny' && value !== 'skip') {
      problems.push(`${name} must be 'deny', 'skip' or an adapter, not ${shown(value)}`);
    }
    return value;
  };
}

/** A provider that needs none of some services, which are made of it: on Nest 10 and 11 the start would wait for ever. */
function providerWithout(...services: readonly (abstract new (...parts: never[]) => object)[]): OptionRule {
  return checked(provider, (value: ProviderParts | Type, name) => {
    const { useClass, inject = [] } = typeof value === 'function' ? { useClass: value } : value;
    const needed = useClass === undefined ? inject.map(injectedToken) : injectedDependencies(useClass);
    return services.filter((service) => needed.includes(service)).map((service) => circle(name, service));
  });
}

interface ProviderParts {
  readonly useClass?: Type;
  readonly inject?: readonly unknown[];
}

/** An element of `inject`: a token, a forward reference, or `{ token, optional }`. */
function injectedToken(element: unknown): unknown {
  const isOptional = typeof element === 'object' && element !== null && 'token' in element;
  return resolveForwardReference(isOptional ? element.token : element);
}

function circle(name: string, { name: service }: { readonly name: string }): string {
  return (
    `${name} is given ${service}, which is made of it. Inject ModuleRef instead, and write ` +
    `moduleRef.get(${service}, { strict: false }) where it is used`
  );
}

/** A class, or a provider that says one way how it is made. */
function provider(value: unknown, name: string, problems: string[]): unknown {
  if (isClass(value)) return value;
  const ways = { ...FACTORIES, useValue: (given: unknown) => given };
  const rule = checked<object>(objectOf({ ...ways, inject: listOf((given) => given) }), (made) => {
    const used = Object.keys(ways).filter((way) => way in made);
    if (used.length === 1) return [];
    return [`${name} must have one of ${Object.keys(ways).join(', ')}`];
  });
  if (typeof value === 'object' && value !== null) return rule(value, name, problems);
  problems.push(`${name} must be a class or a provider such as { useClass: ... }, not ${shown(value)}`);
  return value;
}

function injectionToken(value: unknown, name: string, problems: string[]): unknown {
  return matching(
    (token) => typeof token === 'function' || typeof token === 'string' || typeof token === 'symbol',
    'a class, text or a symbol',
  )(value, name, problems);
}

function isPathPattern(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.slice(0, -1).includes('*');
}
