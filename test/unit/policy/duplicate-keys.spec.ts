import { describe, expect, it } from '@jest/globals';
import { InvalidTokenPolicyError, parseTokenPolicy } from 'nestjs-api-token/policy';

/** The places of the keys that stand twice, of a text that may have other problems too. */
function duplicates(text: string): string[] {
  try {
    parseTokenPolicy(text);
  } catch (error) {
    if (!(error instanceof InvalidTokenPolicyError)) throw error;
    return error.issues.filter(({ code }) => code === 'DUPLICATE_KEY').map(({ pointer }) => pointer);
  }
  return [];
}

describe('keys of a policy text', () => {
  it('are accepted where each stands once', () => {
    const text = '{"resources":{"*":{"allow":["GET","HEAD","GET"],"block":["*"]},"a":{"*":{"block":["*"]}}}}';
    expect(parseTokenPolicy(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['a key and its value are one text', '{"a":"a"}', []],
    ['two values are one text', '{"a":"x","b":"x"}', []],
    ['a key is a value in another object', '{"a":{"b":"a"},"b":"a"}', []],
    ['a list names one text twice', '{"a":["x","x"]}', []],
    ['a key stands in two objects of a list', '{"a":[{"x":1},{"x":1}]}', []],
    ['the text is a single string', '"a"', []],
    ['the text is a single number', '1', []],
    ['a string holds brackets and quotes', '{"a":"}{,\\"a\\":","b":1}', []],
    ['a key stands twice', '{"a":1,"a":2}', ['/a']],
    ['a key stands three times', '{"a":1,"a":2,"a":3}', ['/a', '/a']],
    ['a key stands twice after an object', '{"a":{"b":1},"a":2}', ['/a']],
    ['a key stands twice after a list', '{"a":["b","c"],"a":2}', ['/a']],
    ['a key stands twice in the third object of a list', '{"a":[1,{},{"x":1,"x":2}]}', ['/a/2/x']],
    ['a key stands twice in lists of lists', '{"a":[[],[[],{"x":"x","x":[]}]]}', ['/a/1/1/x']],
  ])('are told apart where %s', (_, text, pointers) => {
    expect(duplicates(text)).toEqual(pointers);
  });
});
