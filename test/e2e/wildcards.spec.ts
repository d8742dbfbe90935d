import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Param, type Type } from '@nestjs/common';
import { PolicyId, type TokenPolicy } from 'nestjs-api-token';
import {
  bearer,
  createApplication,
  PLATFORMS,
  type RunningApplication,
  startApplication,
} from '../support/application.js';
import { outcomeOf } from '../support/control.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

const PATHS = [
  'a',
  'a/b',
  'a/b%2Fc/../d',
  'a/',
  'a//b',
  '',
  '%2e%2e',
  '..%2Fa',
  '%2A',
  'a%00',
  'a;b',
  'a%5Cb',
  '/a',
  'a?b=c',
];

/** Ways to write a wildcard and the parameter it makes. Which of them a router knows differs by its version. */
const WILDCARDS = [
  ['*path', 'path'],
  ['{*path}', 'path'],
  ['*', '*'],
  ['(.*)', '*'],
  [':path(.*)', 'path'],
] as const;

function files(sections: Record<string, { allow?: ['*']; block?: ['*'] }>): TokenPolicy {
  return { resources: { file: sections } };
}

function fileController(path: string, param: string): Type {
  @PolicyId('file', { param, canonical: 'exact' })
  @Controller('files')
  class FileController {
    @Get(path)
    find(@Param(param) file: unknown) {
      calls.push(JSON.stringify(file) ?? 'undefined');
      return {};
    }
  }
  return FileController;
}

async function isRoutable(platform: (typeof PLATFORMS)[number], controllers: Type[]): Promise<boolean> {
  const app = await createApplication(platform, { controllers });
  return app.init().then(
    () => true,
    () => false,
  );
}

async function outcome(server: RunningApplication, path: string, policy: TokenPolicy | 'full-access') {
  return outcomeOf(server, 'GET', `/files/${path}`, bearer(await issueSecret(server, policy)));
}

describe.each(PLATFORMS)('M20 wildcards on %s', (platform) => {
  it.each(WILDCARDS)('%s is authorized as the handler gets it, or rejected', async (pattern, param) => {
    const controllers = [fileController(pattern, param)];
    if (!(await isRoutable(platform, controllers))) return;
    const control = await startApplication(platform, { controllers });
    const guarded = await startApplication(platform, { ...reviewServer(), controllers });
    for (const path of PATHS) {
      const { called } = await outcomeOf(control, 'GET', `/files/${path}`);
      if (called.length === 0) continue;
      const given: unknown = called[0] === 'undefined' ? undefined : JSON.parse(called[0]!);
      const full = await outcome(guarded, path, 'full-access');
      // A list of segments is no ID: joined, two lists would be one.
      if (typeof given !== 'string' || given === '' || /\p{Cc}/u.test(given)) {
        expect({ path, ...full }).toEqual({ path, status: 400, called: [] });
        continue;
      }
      expect({ path, ...full }).toEqual({ path, status: 200, called });

      const blocked = await outcome(guarded, path, files({ [given]: { block: ['*'] } }));
      expect({ path, ...blocked }).toEqual({ path, status: 403, called: [] });
      const alone = await outcome(guarded, path, files({ '*': { block: ['*'] }, [given]: { allow: ['*'] } }));
      expect({ path, ...alone }).toEqual({ path, status: 200, called });
    }
  });

  it('a star is routed, so that the above has something to authorize', async () => {
    expect(await isRoutable(platform, [fileController('*', '*')])).toBe(true);
  });

  it('a wildcard that names no item is authorized as a collection', async () => {
    @PolicyId('file', { param: null })
    @Controller('files')
    class FileController {
      @Get('*')
      find() {
        calls.push('found');
        return {};
      }
    }
    const server = await startApplication(platform, { ...reviewServer(), controllers: [FileController] });
    expect((await outcome(server, 'a/b', files({ 'a/b': { block: ['*'] } }))).called).toEqual(['found']);
    expect((await outcome(server, 'a/b', files({ '*': { block: ['*'] } }))).called).toEqual([]);
  });

  it('every path of a list is authorized by its item', async () => {
    @PolicyId('file')
    @Controller(['files', 'documents'])
    class FileController {
      @Get([':id', 'by-id/:id', 'of/:owner/:id'])
      find(@Param('id') id: string) {
        calls.push(id);
        return {};
      }
    }
    const server = await startApplication(platform, { ...reviewServer(), controllers: [FileController] });
    const secret = await issueSecret(server, files({ '7': { block: ['*'] } }));
    for (const base of ['/files', '/documents']) {
      for (const path of ['', '/by-id', '/of/7', '/of/8']) {
        const denied = await outcomeOf(server, 'GET', `${base}${path}/7`, bearer(secret));
        expect(denied).toEqual({ status: 403, called: [] });
        const allowed = await outcomeOf(server, 'GET', `${base}${path}/8`, bearer(secret));
        expect(allowed).toEqual({ status: 200, called: ['8'] });
      }
    }
  });
});
