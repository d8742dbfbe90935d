import { Controller, Delete, Get, Param, ParseIntPipe } from '@nestjs/common';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiTokenEvents, ApiTokenService, COMMON_METHODS, PolicyId } from 'nestjs-api-token';
import { expectPoliciesToHold } from 'nestjs-api-token/testing';
import { bearer, createApplication, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer, ServerInfoController } from '../support/review-server.js';

const SKIPPED = 'ServerInfoController.health (/server-info/health)';

jest.setTimeout(60_000);

const runs: string[] = [];

beforeEach(() => {
  runs.length = 0;
});

@PolicyId('cat')
@Controller('cats')
class CatController {
  @Get(':id')
  find(@Param('id', ParseIntPipe) id: number) {
    runs.push(`find ${id}`);
    return { id };
  }

  @Delete(':id')
  remove(@Param('id', ParseIntPipe) id: number) {
    runs.push(`remove ${id}`);
    return { id };
  }
}

@Controller('plain')
class PlainController {
  @Get()
  show() {
    return {};
  }
}

describe.each(PLATFORMS)('the matrix on %s', (platform) => {
  it('finds nothing wrong with a server that is right, runs no handler, and names what is not guarded', async () => {
    const app = await createApplication(platform, reviewServer());
    const { requests, unguarded } = await expectPoliciesToHold(app);
    expect(requests).toBeGreaterThan(400);
    expect(unguarded).toEqual([SKIPPED]);
    expect(calls).toEqual([]);
  });

  it('asks by every method, for items that are named, for others, and in spellings that a pipe would fold', async () => {
    const app = await createApplication(platform, { ...reviewServer(), controllers: [CatController] });
    const lines: string[] = [];
    app.use((request: { method: string; url: string }, _: unknown, next: () => void) => {
      lines.push(`${request.method} ${request.url}`);
      next();
    });
    const { requests } = await expectPoliciesToHold(app, {
      policies: { 'not 42': { resources: { cat: { '42': { block: ['*'] } } } } },
    });
    expect(lines).toHaveLength(requests);
    expect(new Set(lines)).toEqual(
      new Set(
        ['1', '01', '2', '02', '42', '042'].flatMap((id) => [
          `GET /cats/${id}`,
          `HEAD /cats/${id}`,
          `DELETE /cats/${id}`,
        ]),
      ),
    );
    expect(runs).toEqual([]);
  });

  it('asks @All() by every common method, and by one that a star does not mean', async () => {
    const app = await createApplication(platform, {
      ...reviewServer(),
      controllers: [ServerInfoController],
    });
    const denied: string[] = [];
    app.get(ApiTokenEvents).subscribe((event) => {
      if (event.type === 'denied') denied.push(`${event.decision.method} ${event.decision.policyId}`);
    });
    await expectPoliciesToHold(app);
    const methods = [...COMMON_METHODS, 'TRACE'];
    expect(new Set(denied)).toEqual(new Set(methods.map((method) => `${method} server_info`)));
  });

  it('leaves nothing behind: tokens, a server, or a change to requests that are not its own', async () => {
    const server = await startApplication(
      platform,
      reviewServer({ token: { prefix: 'acme', maxPerOwner: 1 } }),
    );
    await expectPoliciesToHold(server.app, { ownerId: 'doc' });
    expect(await server.app.get(ApiTokenService).list({ ownerId: 'doc' })).toEqual([]);
    const secret = await issueSecret(server, 'full-access');
    const reply = await server.send('DELETE', '/projects/1', bearer(secret));
    expect(reply.status).toBe(200);
    expect(calls).toEqual(['project.remove 1']);
    expect((await server.send('DELETE', '/projects/1')).status).toBe(401);
  });

  it('can be run twice, also at once', async () => {
    const app = await createApplication(platform, { ...reviewServer(), controllers: [CatController] });
    const [first, second] = await Promise.all([expectPoliciesToHold(app), expectPoliciesToHold(app)]);
    expect(first).toEqual(second);
    expect(await expectPoliciesToHold(app)).toEqual(first);
    expect(runs).toEqual([]);
  });

  it('says which policy can not be issued, and why', async () => {
    const app = await createApplication(platform, reviewServer());
    const policies = { 'read cats': { resources: { caat: { '*': { allow: ['GET'] } } } } } as const;
    await expect(expectPoliciesToHold(app, { policies })).rejects.toThrow(
      /^No token can be issued with the policy "read cats": .*is no policy ID of this application/s,
    );
  });

  it('says that there is nothing to try, where no route is guarded or all are left out', async () => {
    const unguarded = { ...reviewServer({ audit: 'warn' }), controllers: [PlainController], providers: [] };
    await expect(expectPoliciesToHold(await createApplication(platform, unguarded))).rejects.toThrow(
      /there is nothing to try/,
    );
    const app = await createApplication(platform, reviewServer());
    await expect(expectPoliciesToHold(app, { except: () => true })).rejects.toThrow(
      /there is nothing to try/,
    );
  });

  it('says which IDs it has to be told', async () => {
    @PolicyId('dog', { canonical: (raw) => (raw.startsWith('dog-') ? raw : null) })
    @Controller('dogs')
    class DogController {
      @Get(':id')
      find() {
        return {};
      }
    }
    const app = await createApplication(platform, { ...reviewServer(), controllers: [DogController] });
    await expect(expectPoliciesToHold(app)).rejects.toThrow(/name two of them in ids: \{ dog: \[...\] \}/);
    await expect(expectPoliciesToHold(app, { ids: { dog: ['dog-1', 'dog-2'] } })).resolves.toBeDefined();
    await expect(expectPoliciesToHold(app, { ids: { dog: ['DOG'] } })).rejects.toThrow(
      /is not how an ID of this resource is written/,
    );
    await expect(expectPoliciesToHold(app, { ids: { dogs: ['dog-1'], dog: ['dog-1'] } })).rejects.toThrow(
      'ids names dogs: there are items of dog.',
    );
  });
});
