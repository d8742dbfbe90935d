import { describe, expect, it, jest } from '@jest/globals';
import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { PLATFORMS, type RunningApplication, startApplication, TRANSPORTS } from '../support/application.js';
import { expectNoOpenDoor, startWithControl } from '../support/control.js';

// Hundreds of requests in a test.
jest.setTimeout(60_000);

/** Spellings of the path of project 42, of its reviews and of the list. */
const PATHS = words(`
  /projects/42 /projects/42/ /projects/42// /projects//42 //projects/42 /projects///42/
  /PROJECTS/42 /Projects/42 /PROJECTS/42/ /pRojects//42/ /%70rojects/42 /%50rojects/42
  /%72%65positories/%34%32 /projects/%34%32/ /projects%2F42 /projects%2f42/ /projects%5C42
  /projects\\42 /projects;x=1/42 /projects/42;x=1 /projects/42;x=1/ /projects/42;/
  /projects/;42 /PROJECTS/42;x=1 /projects/42%3Bx=1 /./projects/42 /projects/./42
  /projects/%2e/42 /projects/%2E/42 /x/../projects/42 /x/%2e%2e/projects/42
  /x/%2E./projects/42 /projects/1/../42 /projects/1%2F..%2F42 /projects/42/. /projects/42/..
  /projects/42/../42 /projects/42?x=1 /projects/42/?x=1 /projects?/42 /projects/42#x
  /projects/42.json /projects/42%20 /projects/042/ /projects/1/reviews/42 /projects/42/reviews/
  /PROJECTS/42/REVIEWS/7 /projects/1//reviews/7 /projects /projects/ /Projects /projects//
  /projects%00 /projects%20 /%2Fprojects/42 /%zz/42
`);

/** Targets that are no paths, which HTTP/2 does not know. */
const TARGETS = words(`
  http://evil.test/projects/42 http://evil.test/PROJECTS/42/ https://evil.test//projects/42
  http://grumpy:secret@evil.test/projects/42 http://evil.test:80/%70rojects/42 HTTP://evil.test/projects/42
  ftp://evil.test/projects/42 evil.test/projects/42 projects/42 \\projects\\42 ?/projects/42 *
`);

interface Router {
  readonly title: string;
  /** What of the spellings has to reach project 42 where there is no guard, and what must not. */
  readonly reaches: Readonly<Record<string, boolean>>;
  readonly start: (metadata: ModuleMetadata) => Promise<RunningApplication>;
}

/** None of the names, each of them, and all of them: these options don't know of each other. */
function choices<Name extends string>(names: readonly Name[]): Record<Name, boolean>[] {
  const choice = (isChosen: (name: Name) => boolean): Record<Name, boolean> =>
    Object.fromEntries(names.map((name) => [name, isChosen(name)])) as Record<Name, boolean>;
  return [choice(() => false), ...names.map((one) => choice((name) => name === one)), choice(() => true)];
}

function title(name: string, options: Record<string, boolean>): string {
  const chosen = Object.keys(options).filter((option) => options[option]);
  return [name, ...chosen].join(' ');
}

/** Nest's adapter makes the router of Express before an application could set its options. */
const EXPRESS_ROUTER: Router = {
  title: 'Express',
  reaches: { '/PROJECTS/42/': true, '/projects//42': false, '/%70rojects/42': false },
  start: (metadata) => startApplication('Express', metadata),
};

const FASTIFY_ROUTERS = choices([
  'ignoreTrailingSlash',
  'ignoreDuplicateSlashes',
  'caseInsensitive',
  'useSemicolonDelimiter',
]).map(({ caseInsensitive, ...options }): Router => ({
  title: title('Fastify', { ...options, caseInsensitive }),
  reaches: {
    '/projects/42/': options.ignoreTrailingSlash,
    '/projects//42': options.ignoreDuplicateSlashes,
    '/PROJECTS/42': caseInsensitive,
    '/projects/42;x=1': options.useSemicolonDelimiter,
    '/%70rojects/42': true,
  },
  start: (metadata) => {
    const routerOptions = { ...options, caseSensitive: !caseInsensitive };
    // Fastify 4, which Nest 10 runs on, has them among its own options.
    const isFastify4 = new FastifyAdapter().getInstance().version.startsWith('4.');
    const adapter = new FastifyAdapter(isFastify4 ? routerOptions : { routerOptions });
    return startApplication('Fastify', metadata, undefined, adapter);
  },
}));

const HTTP_2_ROUTER: Router = {
  title: 'Fastify over HTTP/2 (M08)',
  reaches: { '/projects/42': true, '/%70rojects/42': true, '/PROJECTS/42': false },
  start: (metadata) => startApplication('Fastify over HTTP/2 (M08)', metadata),
};

describe.each([EXPRESS_ROUTER, ...FASTIFY_ROUTERS, HTTP_2_ROUTER])(
  'paths on $title',
  ({ reaches, start }) => {
    it('M09 M10 M11 C19 no spelling is an open door', async () => {
      const servers = await startWithControl(start);
      for (const path of PATHS) {
        const reached = await expectNoOpenDoor(servers, 'GET', path);
        if (reaches[path] !== undefined)
          expect({ path, reached }).toEqual({ path, reached: reaches[path] ? ['project.find 42'] : [] });
        if (reached.length > 0) await expectNoOpenDoor(servers, 'HEAD', path);
      }
    });
  },
);

describe.each([EXPRESS_ROUTER, FASTIFY_ROUTERS[0]!, FASTIFY_ROUTERS.at(-1)!])(
  'targets on $title',
  ({ start }) => {
    it('M12 no other form of a target is an open door', async () => {
      const servers = await startWithControl(start);
      const reaching: string[] = [];
      for (const target of TARGETS) {
        const reached = await expectNoOpenDoor(servers, 'GET', target);
        if (reached.length > 0) reaching.push(target);
      }
      expect(reaching).toContain('http://evil.test/projects/42');
    });
  },
);

describe.each(PLATFORMS)('M15 a global prefix on %s', (platform) => {
  it('changes nothing, with excluded paths or without', async () => {
    for (const exclude of [[], ['projects/:id'], ['projects/:projectId/reviews/:id']]) {
      const configure = (app: INestApplication) => app.setGlobalPrefix('api', { exclude });
      const servers = await startWithControl((metadata) => startApplication(platform, metadata, configure));
      const paths = ['/projects/42', '/projects', '/projects/1/reviews/42', '/server-info/anything'];
      const reached = new Set<string>();
      for (const path of paths) {
        for (const prefix of [
          '',
          '/api',
          '/API',
          '/%61pi',
          '//api',
          '/api/',
          '/api/api',
          '/api/..',
          '/api;x',
        ]) {
          for (const call of await expectNoOpenDoor(servers, 'GET', prefix + path)) reached.add(call);
        }
      }
      expect(reached.size).toBe(paths.length);
    }
  });
});

describe.each(TRANSPORTS)('long requests on %s', (transport) => {
  it('M09 a very long query or path is authorized or rejected', async () => {
    const servers = await startWithControl((metadata) => startApplication(transport, metadata));
    for (const length of [1_000, 10_000]) {
      const long = 'x'.repeat(length);
      await expectNoOpenDoor(servers, 'GET', `/projects/42?${long}`);
      await expectNoOpenDoor(servers, 'GET', `/${'./'.repeat(length / 2)}projects/42`);
      await expectNoOpenDoor(servers, 'GET', `/projects/${'0'.repeat(length)}42`);
    }
  });
});

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
