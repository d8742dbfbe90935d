import { describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Param,
  type Type,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { PolicyId, type TokenPolicy } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { outcomeOf } from '../support/control.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

// Hundreds of requests in a test.
jest.setTimeout(60_000);

const POLICY_IDS = ['first', 'second', 'neutral'] as const;

function versioned(policyId: (typeof POLICY_IDS)[number], version: string | typeof VERSION_NEUTRAL): Type {
  @PolicyId(policyId)
  @Controller({ path: 'cats', version })
  class VersionedController {
    @Get(':id')
    find(@Param('id') id: string) {
      calls.push(`${policyId} ${id}`);
      return {};
    }
  }
  return VersionedController;
}

@Controller('cats')
class CatController {
  @Version('1')
  @PolicyId('first')
  @Get(':id')
  first(@Param('id') id: string) {
    calls.push(`first ${id}`);
    return {};
  }

  @Version(['2', '2.1'])
  @PolicyId('second')
  @Get(':id')
  second(@Param('id') id: string) {
    calls.push(`second ${id}`);
    return {};
  }

  @Version(VERSION_NEUTRAL)
  @PolicyId('neutral')
  @Get(':id')
  neutral(@Param('id') id: string) {
    calls.push(`neutral ${id}`);
    return {};
  }
}

const CONTROLLERS: [string, Type[]][] = [
  [
    'of controllers',
    [versioned('first', '1'), versioned('second', '2'), versioned('neutral', VERSION_NEUTRAL)],
  ],
  ['of methods', [CatController]],
];

type Request = readonly [path: string, headers: readonly string[]];

const VERSIONINGS: [string, Parameters<INestApplication['enableVersioning']>[0], Request[]][] = [
  [
    'URI',
    { type: VersioningType.URI },
    [
      '/v1',
      '/v2',
      '',
      '/v3',
      '/V2',
      '/%762',
      '/v1/v2',
      '/v2/',
      '/v1/../v2',
      '/v2;v1',
      '/v02',
      '/v',
      '/1',
    ].map((version): Request => [`${version}/cats/7`, ['X-Version', '1']]),
  ],
  [
    'header',
    { type: VersioningType.HEADER, header: 'X-Version' },
    [
      [],
      ...['1', '2', '3', '', ' 2', '1, 2', '2,1', '02', '2.0', '*', '__proto__', 'neutral'].map((version) => [
        'X-Version',
        version,
      ]),
      ['X-Version', '1', 'X-Version', '2'],
      ['X-Version', '2', 'x-version', '2'],
    ].map((headers): Request => ['/cats/7', headers]),
  ],
  [
    'media type',
    { type: VersioningType.MEDIA_TYPE, key: 'v=' },
    [
      [],
      ...[
        'a/b;v=1',
        'a/b;v=2',
        'a/b; v=2',
        'a/b;v=3',
        'a/b;v=1;v=2',
        'a/b;v=2, c/d;v=1',
        'a/b;v=',
        '*/*',
        'v=1',
      ].map((accept) => ['Accept', accept]),
      ['Accept', 'a/b;v=1', 'Accept', 'a/b;v=2'],
    ].map((headers): Request => ['/cats/7', headers]),
  ],
  [
    'custom',
    {
      type: VersioningType.CUSTOM,
      extractor: (request) =>
        String((request as { headers: Record<string, unknown> }).headers['x-versions'] ?? '').split(' '),
    },
    ['1', '2', '2 1', '1 2', '3 2', '3', ''].map((versions): Request => [
      '/cats/7',
      ['X-Versions', versions],
    ]),
  ],
];

describe.each(PLATFORMS)('M14 versioning on %s', (platform) => {
  describe.each(CONTROLLERS)('%s', (_, controllers) => {
    it.each(VERSIONINGS)(
      'by %s: the handler that is chosen has its own policy',
      async (_name, versioning, requests) => {
        const configure = (app: INestApplication) => app.enableVersioning(versioning);
        const control = await startApplication(platform, { controllers }, configure);
        const guarded = await startApplication(platform, { ...reviewServer(), controllers }, configure);
        const chosen = new Set<string>();
        for (const [path, headers] of requests) {
          const request = { path, headers };
          const reached = await outcomeOf(control, 'GET', path, headers);
          expect((await outcomeOf(guarded, 'GET', path, headers)).called).toEqual([]);
          for (const policyId of POLICY_IDS) {
            const isChosen = reached.called.includes(`${policyId} 7`);
            if (isChosen) chosen.add(policyId);
            const send = async (policy: TokenPolicy) =>
              outcomeOf(guarded, 'GET', path, [...headers, ...bearer(await issueSecret(guarded, policy))]);
            const blocked = await send({ resources: { [policyId]: { '7': { block: ['*'] } } } });
            expect({ request, ...blocked }).toEqual({
              request,
              ...(isChosen ? { status: 403, called: [] } : reached),
            });
            const alone = await send({
              resources: { '*': { block: ['*'] }, [policyId]: { '7': { allow: ['*'] } } },
            });
            expect({ request, called: alone.called }).toEqual({
              request,
              called: isChosen ? reached.called : [],
            });
          }
        }
        expect(chosen).toEqual(new Set(POLICY_IDS));
      },
    );
  });

  it('a header of two versions chooses the neutral handler', async () => {
    const metadata = { ...reviewServer(), controllers: [CatController] };
    const server = await startApplication(platform, metadata, (app) =>
      app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
    );
    const secret = await issueSecret(server, { resources: { neutral: { '7': { block: ['*'] } } } });
    const headers = ['X-Version', '1', 'X-Version', '2', ...bearer(secret)];
    expect(await outcomeOf(server, 'GET', '/cats/7', headers)).toEqual({ status: 403, called: [] });
    expect(await outcomeOf(server, 'GET', '/cats/8', headers)).toEqual({
      status: 200,
      called: ['neutral 8'],
    });
  });
});
