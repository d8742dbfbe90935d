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
    ['/projects', '/projects'],
    ['/projects/:id', '/projects/42'],
    ['/projects/:id/reviews', '/projects/42/reviews'],
    ['/projects/:id.:id', '/projects/42.42'],
    ['/projects/:id(\\d+)?/x', '/projects/42/x'],
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
