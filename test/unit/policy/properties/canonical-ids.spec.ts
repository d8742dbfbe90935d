import { expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { canonicalResourceId, compilePolicy } from 'nestjs-api-token/policy';
import { holds, same } from '../../../support/random-cases.js';

/** Whole numbers of every length, also beyond the safe ones, and what differs from them in a character. */
const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18, size: 'max' });
const spellings = fc.oneof(
  digits,
  digits.map((text) => `-${text}`),
  fc.maxSafeInteger().map(String),
  fc.string({ unit: fc.constantFrom(...'00123789-+ .eE٤/:'), maxLength: 18, size: 'max' }),
);

it('an integer has one spelling: the one that JavaScript writes it in', () => {
  const property = fc.property(spellings, (raw) => {
    const number = Number(raw);
    const isCanonical = Number.isSafeInteger(number) && String(number) === raw;
    same(canonicalResourceId('int', raw), isCanonical ? raw : null);
  });
  holds(property);
});

it.each([{}, true, Number.NaN])('what is no text is neither an integer nor an item: %p', (raw) => {
  expect(canonicalResourceId('int', raw as never)).toBeNull();
  const items = Object.fromEntries(Array.from({ length: 40 }, (_, id) => [id, { allow: ['*'] }]));
  const policy = compilePolicy({ resources: { project: { '*': { block: ['*'] }, ...items } } });
  expect(policy.allows('project', 'GET', '0')).toBe(true);
  expect(policy.allows('project', 'GET', raw as never)).toBe(false);
});
