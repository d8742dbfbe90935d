import { unpolluted } from './unpolluted.js';
import { closestName, type ComparingWork } from './closest-name.js';
import { duplicateKeys } from './duplicate-keys.js';
import { HTTP_METHODS } from './http-methods.js';
import {
  InvalidTokenPolicyError,
  type PolicyIssue,
  type PolicyIssueCode,
} from './invalid-token-policy.error.js';
import { jsonPointer } from './json-pointer.js';
import type { PolicyCatalog } from './policy-catalog.js';
import type { PolicyMethod, TokenPolicy } from './token-policy.js';

/** How a policy document is checked. */
export interface ParseTokenPolicyOptions {
  /**
   * `'all'`: as on write, with the limits of size and the catalog. `'shape'`: as on read, types, keys and methods
   * alone, so that a renamed controller does not shut out the tokens that are stored.
   *
   * @default 'all'
   */
  readonly checks?: 'all' | 'shape';
  /**
   * The policy IDs and item IDs that are known.
   *
   * @default any
   */
  readonly catalog?: PolicyCatalog;
}

/** The largest policy document that is accepted on write, in bytes of JSON text. */
export const MAX_POLICY_BYTES = 65_536;
/** The largest text of a stored document that is read, in characters: what is longer was not written by this library. */
const MAX_READ_LENGTH = 1_048_576;
/** The most item sections a policy may have on write. */
export const MAX_POLICY_ITEMS = 1_000;
/** The most problems that are listed. A hostile document has thousands, each under a key of many kilobytes. */
const MAX_ISSUES = 100;
/** The longest key that a pointer repeats, in characters. */
const MAX_SHOWN_KEY = 100;

const METHODS: ReadonlySet<unknown> = new Set<PolicyMethod>(['*', ...HTTP_METHODS]);

type Path = readonly (string | number)[];
type Values = Record<string, unknown>;

/**
 * Checks a policy document and returns it, frozen and free of the input's references.
 *
 * @param input - An object, or JSON text.
 * @throws {InvalidTokenPolicyError} With every problem of the document, up to 100 of them.
 *
 * @example
 * ```ts
 * const policy = parseTokenPolicy('{"resources":{"project":{"2":{"block":["*"]}}}}');
 * ```
 */
export function parseTokenPolicy(input: unknown, options: ParseTokenPolicyOptions = {}): TokenPolicy {
  const parser = new PolicyParser(unpolluted(options));
  const policy = typeof input === 'string' ? parser.text(input) : parser.document(input);
  if (parser.issues.length > 0) throw new InvalidTokenPolicyError(parser.issues);
  return policy;
}

class PolicyParser {
  readonly issues: PolicyIssue[] = [];
  private readonly limited: boolean;
  private readonly catalog: PolicyCatalog | undefined;
  private items = 0;
  private readonly comparing: ComparingWork = { left: 500_000 };

  constructor({ checks = 'all', catalog }: ParseTokenPolicyOptions) {
    this.limited = checks === 'all';
    this.catalog = this.limited ? catalog : undefined;
  }

  text(text: string): TokenPolicy {
    if (!this.limited && text.length > MAX_READ_LENGTH) {
      this.report([], 'TOO_LARGE', `has ${text.length} characters: at most ${MAX_READ_LENGTH} are read.`);
      return {};
    }
    if (!this.withinSize(text)) return {};
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      this.report([], 'NOT_JSON', `is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
      return {};
    }
    for (const path of duplicateKeys(text)) {
      this.report(path, 'DUPLICATE_KEY', 'stands twice: keep one of the two.');
    }
    return this.document(value);
  }

  document(value: unknown): TokenPolicy {
    const document = this.object([], value, 'must be an object such as {"resources": {...}}.');
    const entries = this.entries([], document, ['resources']);
    const policy: Values = {};
    for (const [key, resources] of entries) policy[key] = this.resources([key], resources);
    if (this.items > MAX_POLICY_ITEMS && this.limited) {
      const message = `has ${this.items} item sections: at most ${MAX_POLICY_ITEMS} are allowed.`;
      this.report(['resources'], 'TOO_MANY_ITEMS', message);
    }
    if (this.issues.length === 0) this.withinSize(JSON.stringify(policy));
    return Object.freeze(policy);
  }

  private resources(path: Path, value: unknown): Values {
    const resources = this.object(
      path,
      value,
      'must be an object of policy IDs, or of "*" for every resource.',
    );
    const result: Values = {};
    for (const [policyId, sections] of this.filledEntries(path, resources, 'a policy ID or "*"')) {
      const place = [...path, policyId];
      if (policyId === '*') {
        result[policyId] = this.section(place, sections);
      } else {
        this.checkPolicyId(place, policyId);
        result[policyId] = this.resource(place, policyId, sections);
      }
    }
    return Object.freeze(result);
  }

  private resource(path: Path, policyId: string, value: unknown): Values {
    const hint = 'must be an object of item IDs, or of "*" for all items and the collection.';
    const result: Values = {};
    const sections = this.object(path, value, hint);
    for (const [resourceId, section] of this.filledEntries(path, sections, 'an item ID or "*"')) {
      const place = [...path, resourceId];
      if (resourceId !== '*') {
        this.items += 1;
        this.checkResourceId(place, policyId, resourceId);
      }
      result[resourceId] = this.section(place, section);
    }
    return Object.freeze(result);
  }

  private section(path: Path, value: unknown): Values {
    const section = this.object(path, value, 'must be a section: {"allow": [...], "block": [...]}.');
    const result: Values = {};
    let named = 0;
    for (const [key, list] of this.entries(path, section, ['allow', 'block'])) {
      const methods = this.methods([...path, key], list);
      named += methods.length;
      result[key] = methods;
    }
    if (named === 0 && isObject(value)) {
      this.report(path, 'EMPTY', 'names no method: fill "allow" or "block", or remove the section.');
    }
    return Object.freeze(result);
  }

  private methods(path: Path, value: unknown): readonly unknown[] {
    if (!Array.isArray(value)) {
      const written = typeof value === 'string' ? JSON.stringify([value]) : '["GET"]';
      this.report(path, 'NOT_A_LIST', `must be a list of methods: write ${abbreviate(written)}.`);
      return [];
    }
    const methods: unknown[] = Array.from(value);
    for (const [index, method] of methods.entries()) {
      if (!METHODS.has(method)) this.report([...path, index], 'NOT_A_METHOD', notAMethod(method));
    }
    return Object.freeze(methods);
  }

  private checkPolicyId(path: Path, policyId: string): void {
    if (this.catalog === undefined || this.catalog.policyIds.includes(policyId)) return;
    const meant = closestName(policyId, this.catalog.policyIds, this.comparing);
    const hint = meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
    this.report(path, 'UNKNOWN_POLICY_ID', `is no policy ID of this application.${hint}`);
  }

  private checkResourceId(path: Path, policyId: string, resourceId: string): void {
    if (!this.catalog?.policyIds.includes(policyId)) return;
    const canonical = this.catalog.canonicalResourceId(policyId, resourceId);
    if (canonical === resourceId) return;
    const hint = canonical === null ? 'it can match no item.' : `write ${JSON.stringify(canonical)}.`;
    this.report(path, 'ID_NOT_CANONICAL', `is not how an ID of this resource is written: ${hint}`);
  }

  private object(path: Path, value: unknown, message: string): Values {
    if (isObject(value)) return value;
    this.report(path, 'NOT_AN_OBJECT', message);
    return {};
  }

  private filledEntries(path: Path, value: Values, wanted: string): [string, unknown][] {
    const entries = this.entries(path, value);
    if (entries.length === 0 && this.issues.at(-1)?.pointer !== shownPointer(path)) {
      this.report(path, 'EMPTY', `is empty: add ${wanted}, or remove it.`);
    }
    return entries;
  }

  private entries(path: Path, value: Values, known?: readonly string[]): [string, unknown][] {
    return Object.entries(value).filter(([key, element]) => {
      // As in JSON.stringify: an object that was never JSON may spell "absent" as undefined.
      if (element === undefined) return false;
      if (key === '__proto__') {
        this.report([...path, key], 'FORBIDDEN_KEY', 'must not be used as a key.');
        return false;
      }
      if (known === undefined || known.includes(key)) return true;
      const meant = closestName(key, known, this.comparing);
      const keys = known.map((name) => JSON.stringify(name)).join(' and ');
      const hint =
        meant === undefined ? `Only ${keys} may stand here.` : `Did you mean ${JSON.stringify(meant)}?`;
      this.report([...path, key], 'UNKNOWN_KEY', `is not known. ${hint}`);
      return false;
    });
  }

  private withinSize(text: string): boolean {
    const bytes = this.limited ? new TextEncoder().encode(text).length : 0;
    if (bytes <= MAX_POLICY_BYTES) return true;
    this.report([], 'TOO_LARGE', `takes ${bytes} bytes: at most ${MAX_POLICY_BYTES} are allowed.`);
    return false;
  }

  private report(path: Path, code: PolicyIssueCode, message: string): void {
    const issues = this.issues.push({ pointer: shownPointer(path), code, message });
    if (issues === MAX_ISSUES) throw new InvalidTokenPolicyError(this.issues);
  }
}

function shownPointer(path: Path): string {
  return jsonPointer(...path.map((key) => abbreviate(String(key), MAX_SHOWN_KEY)));
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notAMethod(value: unknown): string {
  if (typeof value !== 'string') return 'must be a string: a method such as "GET", or "*".';
  const written = abbreviate(JSON.stringify(value));
  const meant = closestName(value, HTTP_METHODS);
  const hint =
    meant === undefined
      ? 'Write one such as "GET", or "*" for all.'
      : `Did you mean ${JSON.stringify(meant)}?`;
  return `${written} is no request method. ${hint}`;
}

function abbreviate(text: string, maxLength = 40): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
