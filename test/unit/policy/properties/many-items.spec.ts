import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy, HTTP_METHODS, type TokenPolicy } from 'nestjs-api-token/policy';
import { methods, sections } from '../../../support/policy-arbitraries.js';
import { holds, same } from '../../../support/random-cases.js';
import { referenceAllows, referenceHttpAllows } from '../../../support/reference-evaluator.js';

/** Spellings that are near one another as numbers, and numbers at the ends of what is kept as one. */
const NEAR = [
  '0',
  '00',
  '-0',
  '+1',
  '01',
  '1.0',
  '1e3',
  ' 1',
  '1 ',
  '٤',
  '',
  '999999999',
  '1000000000',
  '0999999999',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '9007199254740993',
  'NaN',
  '__proto__',
];

const numbers = fc
  .record({
    start: fc.constantFrom(0, 1, 1_000, 999_999_000),
    step: fc.constantFrom(1, 2, 7, 64, 1_024, 65_536),
    count: fc.integer({ min: 0, max: 90 }),
  })
  .map(({ start, step, count }) => Array.from({ length: count }, (_, index) => String(start + index * step)));
const names = fc.array(
  fc.oneof(fc.constantFrom(...NEAR), fc.uuid(), fc.integer({ min: 0 }).map(String), fc.string()),
  { maxLength: 40 },
);

/** Sections of so many methods that some do not fit into one mask. */
const long = fc
  .tuple(
    fc.constantFrom('allow' as const, 'block' as const),
    fc.shuffledSubarray([...HTTP_METHODS], { minLength: 25 }),
  )
  .map(([effect, named]) => ({ [effect]: named }));

/** Policies of two policy IDs with many items each, of which most have numbers. */
const cases = fc
  .record({
    ids: fc.tuple(numbers, names).map((lists) => [...new Set(lists.flat())].filter((id) => id !== '*')),
    others: names,
    pool: fc.array(fc.oneof({ weight: 4, arbitrary: sections }, { weight: 1, arbitrary: long }), {
      minLength: 1,
      maxLength: 6,
    }),
    rest: sections,
    method: methods,
  })
  .map(({ ids, others, pool, rest, method }) => {
    const items = ids.map((id, index) => [id, pool[index % pool.length]!] as const);
    const resources = {
      '*': rest,
      many: Object.fromEntries([...items, ['*', pool[0]!]]),
      // The same items with other sections, in the same table.
      more: Object.fromEntries(items.map(([id], index) => [id, pool[(index + 1) % pool.length]!])),
    };
    const near = ids.slice(0, 20).flatMap((id) => [`0${id}`, `${id}0`, String(Number(id) + 1)]);
    return {
      policy: { resources } as TokenPolicy,
      ids,
      asked: [...ids, ...others, ...NEAR, ...near],
      method,
    };
  });

it('C01 many items are told apart by their spelling, whatever number it looks like', () => {
  const property = fc.property(cases, ({ policy, asked, method }) => {
    const compiled = { http: compilePolicy(policy), exact: compilePolicy(policy, { methods: 'exact' }) };
    const reference = { http: referenceHttpAllows, exact: referenceAllows };
    for (const semantics of ['http', 'exact'] as const) {
      for (const policyId of ['many', 'more', 'unlisted']) {
        const bound = compiled[semantics].bind(policyId, method);
        for (const id of [null, ...asked]) {
          const wanted = reference[semantics](policy, policyId, method, id);
          same(compiled[semantics].allows(policyId, method, id), wanted);
          same(bound.allows(id), wanted);
        }
      }
    }
  });
  holds(property);
});

it('L01 a filter of many items names those that differ from the rest, and no others', () => {
  const property = fc.property(cases, ({ policy, ids, method }) => {
    const compiled = compilePolicy(policy);
    const filter = compiled.filter('many', method);
    const rest = compiled.allows('many', method, null);
    const different = ids.filter((id) => compiled.allows('many', method, id) !== rest);
    const named = 'ids' in filter ? [...filter.ids] : [];
    expect(named.toSorted()).toEqual(different.toSorted());
  });
  holds(property);
});
