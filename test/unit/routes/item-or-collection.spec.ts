import { describe, expect, it } from '@jest/globals';
import { type ItemOrCollection, itemOrCollection } from '../../../lib/routes/item-or-collection.js';

function settled(
  paths: readonly string[],
  written?: string | null,
  { isOnClass = false, ownPaths = paths } = {},
): ItemOrCollection | string {
  const place = itemOrCollection({ paths, ownPaths }, 'review', { param: written, isOnClass });
  return place.kind === 'misconfigured' ? place.message : place;
}

const collection = { kind: 'collection' };
const OR_COLLECTION = "@PolicyId('review', { param: null }) where it is about a collection.";

describe('a route is about', () => {
  it.each<[string, string[], string | null | undefined, object]>([
    ['an item, where its path has an id', ['/reviews/:id'], undefined, { kind: 'item', param: 'id' }],
    [
      'an item, where all its paths have an id',
      ['/a/:id', '/b/:id'],
      undefined,
      { kind: 'item', param: 'id' },
    ],
    ['an item, where its path has what is written', ['/:a/:b'], 'a', { kind: 'item', param: 'a' }],
    ['an item, where there is no path but it is written', [], 'a', { kind: 'item', param: 'a' }],
    ['a collection, where its path has no parameter', ['/reviews'], undefined, collection],
    ['a collection, where none of its paths has one', ['/reviews', '/all'], undefined, collection],
    ['a collection, where it is written', ['/:id'], null, collection],
    ['a collection, where there is no path but it is written', [], null, collection],
  ])('%s', (_, paths, written, place) => {
    expect(settled(paths, written)).toEqual(place);
  });

  it.each<[string, string[], string | undefined, string]>([
    [
      'its path has another parameter',
      ['/:a'],
      undefined,
      'its path has parameters, but does not end in ":id". ' +
        `Write @PolicyId('review', { param: 'a' }) where it is about one item, or ${OR_COLLECTION}`,
    ],
    [
      'its paths have other parameters, each named once',
      ['/:a/:b', '/:b/:c'],
      undefined,
      'its path has parameters, but does not end in ":id". ' +
        "Write @PolicyId('review', { param: 'a' }) or @PolicyId('review', { param: 'b' }) or " +
        `@PolicyId('review', { param: 'c' }) where it is about one item, or ${OR_COLLECTION}`,
    ],
    [
      'only one of its paths has an id',
      ['/', '/:id'],
      undefined,
      'only some of its paths have the parameter "id". Give the others a handler of their own.',
    ],
    [
      'its path lacks what is written',
      ['/:id'],
      'key',
      'its path has no parameter "key". ' +
        `Write @PolicyId('review', { param: 'id' }) where it is about one item, or ${OR_COLLECTION}`,
    ],
    [
      'its path lacks what is written, and any parameter',
      ['/'],
      'key',
      `its path has no parameter "key". Write ${OR_COLLECTION}`,
    ],
    [
      'it has no path',
      [],
      undefined,
      'it has no route path. ' +
        `Write @PolicyId('review', { param: '<name>' }) where it is about one item, or ${OR_COLLECTION}`,
    ],
  ])(
    'C17 nobody knows what, where %s, and its author is told what to write',
    (_, paths, written, message) => {
      expect(settled(paths, written)).toBe(message);
    },
  );
});

describe('a route whose path says it', () => {
  const item = { kind: 'item', param: 'id' };

  it.each<[string, string[], object]>([
    ['an item, where "id" is the last parameter, in the last segment', ['/a/:other/b/:id'], item],
    ['an item, where the last segment has another before it', ['/a/:other-:id'], item],
    ['an item, where the last segment goes on', ['/a/:id.json'], item],
  ])('RI01 is about %s', (_, paths, place) => {
    expect(settled(paths)).toEqual(place);
  });

  it.each(['/a/:id/b', '/a/:id/b/:other', '/a/:id-:other', '/a/:id/:id/b', '/:a', '/a/*'])(
    'RI01 does not say it as %s',
    (path) => {
      expect(settled([path])).toContain(
        'its path has parameters, but does not end in ":id". Write @PolicyId(',
      );
    },
  );

  it('RI01 says it without the prefixes of modules and of the application', () => {
    expect(settled(['/a/:id/b'], undefined, { ownPaths: ['/b'] })).toEqual(collection);
    expect(settled(['/a/:other/b/:id'], undefined, { ownPaths: ['/b/:id'] })).toEqual(item);
    expect(settled(['/:id/b/:other'], undefined, { ownPaths: ['/b/:other'] })).toContain(
      "{ param: 'other' }",
    );
  });

  it('RI01 does not say it where its paths differ', () => {
    expect(settled(['/:id', '/:id/b'])).toContain('only some of its paths');
    expect(settled(['/b', '/:id/b'])).toContain('does not end in ":id"');
  });

  it.each([undefined, 'id'])(
    'RI01 does not say it where it names one parameter twice, with %j written',
    (written) => {
      expect(settled(['/:id/a/:id'], written, { ownPaths: ['/a/:id'] })).toBe(
        'its path has two parameters "id", of which only the last is read. Rename one.',
      );
    },
  );
});

describe('a parameter that is written on the class', () => {
  it('RI02 leaves the routes without parameters about the collection', () => {
    const onClass = { isOnClass: true };
    expect(settled(['/a'], 'key', onClass)).toEqual(collection);
    expect(settled(['/:tenant/a'], 'key', { ...onClass, ownPaths: ['/a'] })).toEqual(collection);
    expect(settled(['/a/:key'], 'key', onClass)).toEqual({ kind: 'item', param: 'key' });
    expect(settled(['/a/:key/b/:id'], 'key', onClass)).toEqual({ kind: 'item', param: 'key' });
    expect(settled(['/:key/a'], 'key', { ...onClass, ownPaths: ['/a'] })).toEqual({
      kind: 'item',
      param: 'key',
    });
  });

  it('RI02 has to be there where there are parameters, and where it is written on the method', () => {
    expect(settled(['/:other/a'], 'key', { isOnClass: true })).toContain('its path has no parameter "key"');
    expect(settled(['/a'], 'key')).toContain('its path has no parameter "key"');
    expect(settled(['/a', '/a/:key'], 'key', { isOnClass: true })).toContain('only some of its paths');
    expect(settled(['/a', '/b/:other'], 'key', { isOnClass: true })).toContain('has no parameter "key"');
  });
});
