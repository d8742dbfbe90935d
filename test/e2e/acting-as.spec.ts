import type { AddressInfo } from 'node:net';
import { Body, Controller, Get, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { ApiTokenService, getApiToken, type TokenPolicy } from 'nestjs-api-token';
import { actingAs, issueTestToken } from 'nestjs-api-token/testing';
import { createApplication, startApplication } from '../support/application.js';
import { calls, reviewServer } from '../support/review-server.js';

const NO_SECOND: TokenPolicy = { resources: { project: { '2': { block: ['*'] } } } };

@Controller('echo')
class EchoController {
  @Post()
  @HttpCode(202)
  echo(@Body() body: unknown, @Headers('x-trace') trace: string | undefined) {
    return { body, trace: trace ?? null };
  }

  @Get('owner')
  owner(@Req() request: object) {
    return getApiToken(request)?.ownerId;
  }

  @Get('nothing')
  @HttpCode(204)
  nothing() {
    return undefined;
  }
}

describe('actingAs', () => {
  it('sends real requests with a token, to an application that was never initialized', async () => {
    const app = await createApplication('Express', reviewServer());
    const alice = await actingAs(app, { policy: NO_SECOND });
    const [first, second] = await Promise.all([alice.get('/projects/1'), alice.delete('/projects/2')]);
    expect(first).toMatchObject({ status: 200, body: { handler: 'project.find 1' } });
    expect(second).toMatchObject({ status: 403, body: { code: 'PERMISSION_DENIED' } });
    expect(second.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
    expect(calls).toEqual(['project.find 1']);
  });

  it('lets several act at once, each with a token of its own', async () => {
    const app = await createApplication('Express', { ...reviewServer(), controllers: [EchoController] });
    const [alice, bob] = await Promise.all([
      actingAs(app, { ownerId: 'alice', policy: 'full-access' }),
      actingAs(app, { ownerId: 'bob', policy: 'full-access' }),
    ]);
    const answers = await Promise.all([alice, bob, alice].map((person) => person.get('/echo/owner')));
    expect(answers.map(({ body }) => body)).toEqual(['alice', 'bob', 'alice']);
  });

  it('sends bodies as JSON, headers as they are, and reads what has no body', async () => {
    const app = await createApplication('Express', { ...reviewServer(), controllers: [EchoController] });
    const alice = await actingAs(app, { policy: 'full-access' });
    const body = { name: 'münchen', list: [1, null] };
    expect(await alice.post('/echo', body)).toMatchObject({ status: 202, body: { body, trace: null } });
    const traced = await alice.request('POST', '/echo', { body, headers: { 'X-Trace': 'abc' } });
    expect(traced.body).toEqual({ body, trace: 'abc' });
    expect(await alice.get('/echo/nothing')).toMatchObject({ status: 204, body: undefined });
    expect(await alice.request('HEAD', '/echo/owner')).toMatchObject({ status: 200, body: undefined });
    expect(await alice.put('/echo')).toMatchObject({ status: 404 });
    expect(await alice.patch('/echo', body)).toMatchObject({ status: 404 });
  });

  it('leaves an application that listens as it is', async () => {
    const server = await startApplication('Express', reviewServer());
    const { port } = server.app.getHttpServer().address() as AddressInfo;
    const alice = await actingAs(server.app, { policy: 'full-access' });
    expect((await alice.get('/projects')).status).toBe(200);
    expect((server.app.getHttpServer().address() as AddressInfo).port).toBe(port);
    const reply = await server.send('GET', '/projects', ['Authorization', alice.headers.authorization]);
    expect(reply.status).toBe(200);
  });

  it('keeps no application from listening, nor from closing', async () => {
    const app = await createApplication('Express', reviewServer());
    const alice = await actingAs(app, { policy: 'full-access' });
    await alice.get('/projects');
    await app.listen(0, '127.0.0.1');
    expect((await alice.get('/projects')).status).toBe(200);
    await app.close();
  });

  it('fails where the application hangs up', async () => {
    const app = await createApplication('Express', reviewServer());
    app.use((request: { destroy(): void }) => request.destroy());
    const alice = await actingAs(app, { policy: 'full-access' });
    await expect(alice.get('/projects')).rejects.toThrow(/hang up|reset/);
  });
});

describe('issueTestToken', () => {
  it('issues a token to tester, or to whom it is told, and answers with its headers', async () => {
    const app = await createApplication('Express', reviewServer());
    const { token, secret, headers } = await issueTestToken(app, { policy: 'full-access' });
    expect(token.ownerId).toBe('tester');
    expect(headers).toEqual({ authorization: `Bearer ${secret}` });
    const named = await issueTestToken(app, { policy: NO_SECOND, ownerId: 'alice', note: 'a note' });
    expect(await app.get(ApiTokenService).find(named.token.id)).toMatchObject({
      ownerId: 'alice',
      note: 'a note',
      policy: NO_SECOND,
    });
  });

  it('passes on what issue() rejects', async () => {
    const app = await createApplication('Express', reviewServer());
    await expect(issueTestToken(app, { policy: {} })).rejects.toMatchObject({ code: 'EMPTY_POLICY' });
    await expect(actingAs(app, { policy: {} })).rejects.toMatchObject({ code: 'EMPTY_POLICY' });
  });
});
