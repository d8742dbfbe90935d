import { describe, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type CompiledPolicy, compilePolicy, type TokenPolicy } from 'nestjs-api-token/policy';
import {
  entries,
  manyAccesses,
  policies,
  POLICY_IDS,
  RESOURCE_IDS,
} from '../../../support/policy-arbitraries.js';
import { holds, same } from '../../../support/random-cases.js';

type Sections = Record<string, Record<string, Record<string, string[]>>>;

/** Where a section is: the policy ID and the resource ID, either of which may be `*`. */
const places = fc.oneof(
  fc.constant(['*', null] as const),
  fc.tuple(fc.constantFrom(...POLICY_IDS), fc.constantFrom('*', ...RESOURCE_IDS)),
);

function withEntry(
  policy: TokenPolicy,
  [policyId, resourceId]: readonly [string, string | null],
  list: 'allow' | 'block',
  entry: string,
): TokenPolicy {
  const resources = (JSON.parse(JSON.stringify(policy)) as { resources?: Sections }).resources ?? {};
  const place = (resources[policyId] ??= {});
  const section = (resourceId === null ? place : (place[resourceId] ??= {})) as Record<string, string[]>;
  section[list] = [...(section[list] ?? []), entry];
  return { resources } as unknown as TokenPolicy;
}

function asked(
  before: TokenPolicy,
  after: TokenPolicy,
  methods: 'exact' | 'http',
): [before: CompiledPolicy, after: CompiledPolicy] {
  return [compilePolicy(before, { methods }), compilePolicy(after, { methods })];
}

describe.each(['exact', 'http'] as const)('a change of a policy, %s', (methods) => {
  it('P17 one more entry in block never allows what was denied, of any method', () => {
    const property = fc.property(policies, places, entries, manyAccesses, (policy, place, entry, cases) => {
      const [before, after] = asked(policy, withEntry(policy, place, 'block', entry), methods);
      for (const { policyId, method, resourceId } of cases) {
        if (before.allows(policyId, method, resourceId)) continue;
        same(after.allows(policyId, method, resourceId), false);
      }
    });
    holds(property);
  });

  it('P17 one more method in allow never denies what was allowed, of any method', () => {
    const literals = entries.filter((entry) => entry !== '*');
    const property = fc.property(policies, places, literals, manyAccesses, (policy, place, entry, cases) => {
      const [before, after] = asked(policy, withEntry(policy, place, 'allow', entry), methods);
      for (const { policyId, method, resourceId } of cases) {
        if (before.allows(policyId, method, resourceId))
          same(after.allows(policyId, method, resourceId), true);
      }
    });
    holds(property);
  });

  it('P17 a star more in allow never denies what was allowed, but where HTTP asks for a literal', () => {
    const property = fc.property(policies, places, manyAccesses, (policy, place, cases) => {
      const [before, after] = asked(policy, withEntry(policy, place, 'allow', '*'), methods);
      for (const { policyId, method, resourceId } of cases) {
        // The star now decides for a section further out, which may have named HEAD or an uncommon method.
        const isWanted = methods === 'exact' || /^(GET|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method);
        if (isWanted && before.allows(policyId, method, resourceId))
          same(after.allows(policyId, method, resourceId), true);
      }
    });
    holds(property);
  });

  it('P18 order and duplicates do not count', () => {
    const property = fc.property(policies, fc.nat(), manyAccesses, (policy, turn, cases) => {
      const [before, after] = asked(policy, turned(policy, turn) as TokenPolicy, methods);
      for (const { policyId, method, resourceId } of cases) {
        same(after.allows(policyId, method, resourceId), before.allows(policyId, method, resourceId));
      }
    });
    holds(property);
  });
});

/** The same document with its keys and lists in another order, and with entries twice. */
function turned(value: unknown, turn: number): unknown {
  if (Array.isArray(value)) return [...rotated(value, turn), ...value.slice(0, turn % 3)];
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    rotated(Object.entries(value), turn).map(([key, inner]) => [key, turned(inner, turn)]),
  );
}

function rotated<T>(list: readonly T[], turn: number): T[] {
  const start = list.length === 0 ? 0 : turn % list.length;
  return [...list.slice(start), ...list.slice(0, start)].toReversed();
}
