import { describe, expect, it } from '@jest/globals';
import {
  ApiTokenAccess,
  ApiTokenConfigurationError,
  PolicyId,
  RecheckApiToken,
  SkipApiTokenPolicy,
} from 'nestjs-api-token';

type Decorator = (...args: never[]) => unknown;

describe('RO01 what decorators are given', () => {
  it.each<[string, Decorator, readonly unknown[], string]>([
    ['no policy ID', PolicyId, [undefined], '@PolicyId(): policyId must be text, not undefined'],
    [
      'a class for a policy ID',
      PolicyId,
      [class Cat {}],
      '@PolicyId(): policyId must be text, not the class Cat',
    ],
    [
      'a misspelled option',
      PolicyId,
      ['x', { paran: 'id' }],
      'options.paran is not known. Did you mean options.param?',
    ],
    ['text for options', PolicyId, ['x', 'id'], '@PolicyId(): options must be an object, not "id"'],
    [
      'a number for a parameter',
      PolicyId,
      ['x', { param: 1 }],
      'options.param must be the name of a parameter, or null',
    ],
    [
      'a pipe for a canonicalizer',
      PolicyId,
      ['x', { canonical: {} }],
      "options.canonical must be 'int' or 'uuid' or 'exact'",
    ],
    ['a misspelled canonicalizer', PolicyId, ['x', { canonical: 'integer' }], 'not "integer"'],
    [
      'text for access',
      ApiTokenAccess,
      ['false'],
      '@ApiTokenAccess(): access must be true, false or \'authenticated\', not "false"',
    ],
    [
      'undefined access',
      ApiTokenAccess,
      [undefined],
      "access must be true, false or 'authenticated', not undefined",
    ],
    ['null access', ApiTokenAccess, [null], "access must be true, false or 'authenticated', not null"],
    [
      'text for skip',
      SkipApiTokenPolicy,
      ['no'],
      '@SkipApiTokenPolicy(): skip must be true or false, not "no"',
    ],
    ['undefined skip', SkipApiTokenPolicy, [undefined], 'skip must be true or false, not undefined'],
    ['a misspelled interval', RecheckApiToken, [{ everyMS: 5 }], 'Did you mean options.everyMs?'],
    [
      'a number for options',
      RecheckApiToken,
      [5_000],
      '@RecheckApiToken(): options must be an object, not 5000',
    ],
    [
      'text for an interval',
      RecheckApiToken,
      [{ everyMs: '5' }],
      'options.everyMs must be a whole number over 0, not "5"',
    ],
  ])('%s stops the start', (_, decorator, args, message) => {
    const decorate = () => decorator(...(args as never[]));
    expect(decorate).toThrow(ApiTokenConfigurationError);
    expect(decorate).toThrow(message);
  });

  it.each<[string, () => unknown]>([
    ['a policy ID', () => PolicyId('x')],
    ['undefined options', () => PolicyId('x', undefined)],
    ['undefined members', () => PolicyId('x', { param: undefined, canonical: undefined } as object)],
    ['a collection', () => PolicyId('x', { param: null, canonical: (id) => id })],
    ['access', () => [ApiTokenAccess(), ApiTokenAccess(true), ApiTokenAccess(false)]],
    ['skip', () => [SkipApiTokenPolicy(), SkipApiTokenPolicy(true), SkipApiTokenPolicy(false)]],
    ['an interval', () => [RecheckApiToken(), RecheckApiToken({}), RecheckApiToken({ everyMs: 1 })]],
  ])('%s is right', (_, decorate) => {
    expect(decorate).not.toThrow();
  });
});
