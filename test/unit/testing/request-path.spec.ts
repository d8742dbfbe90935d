import { describe, expect, it } from '@jest/globals';
import { requestPath } from '../../../lib/testing/matrix/request-path.js';

const VALUES: Readonly<Record<string, string>> = {
  id: '42',
  'any name': 'x',
  path: 'a b/c',
  '*': 'd/e',
  slash: 'a/b',
};

describe('the path of a request', () => {
  it.each([
    ['/repositories', '/repositories'],
    ['/repositories/:id', '/repositories/42'],
    ['/repositories/:id/reviews', '/repositories/42/reviews'],
    ['/repositories/:id.:id', '/repositories/42.42'],
    ['/repositories/:id(\\d+)?/x', '/repositories/42/x'],
    ['/things/:"any name"', '/things/x'],
    ['/things/:slash', '/things/a%2Fb'],
    ['/files/*path', '/files/a%20b/c'],
    ['/files/*', '/files/d/e'],
    ['/files/(.*)', '/files/d/e'],
    ['/pages{/:id}', '/pages/42'],
    ['/', '/'],
  ])('%s is %s', (pattern, path) => {
    expect(requestPath(pattern, (name) => VALUES[name] ?? '?')).toBe(path);
  });
});
