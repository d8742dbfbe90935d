import { describe, expect, it } from '@jest/globals';
import { type ItemOrCollection, itemOrCollection } from '../../../lib/http/item-or-collection.js';

function settled(paths: readonly string[], written?: string | null): ItemOrCollection | string {
  const place = itemOrCollection({ paths }, 'review', written);
  return place.kind === 'unsettled' ? place.message : place;
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
      'its path has parameters, but none is named "id". ' +
        `Write @PolicyId('review', { param: 'a' }) where it is about one item, or ${OR_COLLECTION}`,
    ],
    [
      'its paths have other parameters, each named once',
      ['/:a/:b', '/:b/:c'],
      undefined,
      'its path has parameters, but none is named "id". ' +
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
