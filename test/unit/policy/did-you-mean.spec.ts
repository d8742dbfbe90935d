import { describe, expect, it } from '@jest/globals';
import { InvalidTokenPolicyError, parseTokenPolicy, type PolicyCatalog } from 'nestjs-api-token/policy';

/** What a policy ID that is not known is answered with. */
function hint(policyId: string, policyIds: readonly string[]): string | undefined {
  const catalog: PolicyCatalog = { policyIds, canonicalResourceId: (_, id) => id };
  try {
    parseTokenPolicy({ resources: { [policyId]: { '*': { allow: ['GET'] } } } }, { catalog });
  } catch (error) {
    if (error instanceof InvalidTokenPolicyError) return error.issues[0]?.message;
    throw error;
  }
  return undefined;
}

const MEANT = 'is no policy ID of this application. Did you mean ';

describe('the name that was probably meant', () => {
  it.each([
    ['one letter is wrong, of three', 'cot', ['cat'], 'cat'],
    ['one letter too many, of three', 'cats', ['cat'], 'cat'],
    ['one letter is missing, of three', 'ca', ['cat'], 'cat'],
    ['one letter is wrong, of two', 'ax', ['ab'], 'ab'],
    ['three letters are wrong, of ten', 'rebozitary', ['repository'], 'repository'],
    ['the case is wrong', 'Repository', ['repository'], 'repository'],
    ['the case of the known name is mixed', 'userprofile', ['UserProfile'], 'UserProfile'],
    ['another is less near', 'revie', ['review', 'reviews'], 'review'],
    ['another is less near and comes first', 'revie', ['reviews', 'review'], 'review'],
    ['another is as near: the first', 'caz', ['cat', 'car'], 'cat'],
  ])('is named where %s', (_, given, known, meant) => {
    expect(hint(given, known)).toBe(`${MEANT}"${meant}"?`);
  });

  it.each([
    ['two letters are wrong, of three', 'dats', ['cat']],
    ['only the last letters are wrong', 'cabs', ['cat']],
    ['four letters are wrong, of ten', 'rebozitarx', ['repository']],
    ['nothing is like it', 'x'.repeat(10_000), ['cat', 'repository']],
    ['nothing is known', 'cat', []],
  ])('is not guessed where %s', (_, given, known) => {
    expect(hint(given, known)).toBe('is no policy ID of this application.');
  });
});
