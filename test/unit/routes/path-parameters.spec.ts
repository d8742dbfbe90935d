import { describe, expect, it } from '@jest/globals';
import { joinedPaths, parameterAtEnd, pathParameters } from '../../../lib/routes/path-parameters.js';

describe('the parameters of a path', () => {
  it.each<[string, string[]]>([
    ['/', []],
    ['/projects', []],
    ['/projects/:id', ['id']],
    ['/projects/:projectId/reviews/:id', ['projectId', 'id']],
    ['/:id.json', ['id']],
    ['/:from-:until', ['from', 'until']],
    ['/:_id/:$id/:id_1$', ['_id', '$id', 'id_1$']],
    ['/:größe/:ключ', ['größe', 'ключ']],
    ['/:"any name"/:"42"', ['any name', '42']],
    ['/:"', []],
    ['/:1', []],
    ['/:', []],
    ['/files/*path', ['path']],
    ['/files/*"all of it"', ['all of it']],
    ['/files/*', ['*']],
    ['/files{/:id}', ['id']],
    ['/:id(\\d+)', ['id']],
    ['/:id([^/]+)/:from((?:a|b)\\))', ['id', 'from']],
    ['/(\\d+)', ['*']],
    ['/(.*)', ['*']],
    ['/(a(b))/(c)', ['*', '*']],
    ['/(?!admin):id', ['id']],
  ])('%s are %j', (path, names) => {
    expect(pathParameters(path)).toEqual(names);
  });
});

describe('the parameter at the end', () => {
  it.each<[string, string | undefined]>([
    ['/', undefined],
    ['/projects', undefined],
    ['/:id', 'id'],
    ['/:id/reviews', undefined],
    ['/:id/:key', 'key'],
    ['/:id/reviews/:key', 'key'],
    ['/:id.json', 'id'],
    ['/:id:archive', 'archive'],
    ['/:from-:until', 'until'],
    ['/:id(\\d+)', 'id'],
    ['/:id([^/]+)', 'id'],
    ['/:id([^/]+)/archive', undefined],
    ['/files{/:id}', 'id'],
    ['/files{/:id}/archive', undefined],
    ['/files/*path', 'path'],
    ['/(\\d+)', '*'],
  ])('of %s is %j', (path, name) => {
    expect(parameterAtEnd(path)).toBe(name);
  });
});

describe('the paths of a handler', () => {
  it.each<[string, (string | string[] | undefined)[], string[]]>([
    ['nothing', [], ['']],
    ['empty levels', [undefined, '', '/'], ['']],
    ['three levels', ['admin', 'projects', ':id'], ['/admin/projects/:id']],
    ['slashes at every end', ['//admin//', '/projects/', '/:id/'], ['/admin/projects/:id']],
    ['slashes inside', ['a/b', 'c//d'], ['/a/b/c//d']],
    [
      'lists at two levels',
      [
        ['v1', 'v2'],
        ['a', ''],
      ],
      ['/v1/a', '/v1', '/v2/a', '/v2'],
    ],
    ['an empty list', [[], 'a'], []],
  ])('of %s', (_, levels, paths) => {
    expect(joinedPaths(...levels)).toEqual(paths);
  });
});
