import { describe, expect, it } from '@jest/globals';
import type { TokenPolicy } from 'nestjs-api-token';
import { bearer, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';

/** The examples of Review Board's manual, with what it says they do. */
const READ_ONLY: TokenPolicy = {
  resources: { '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] } },
};
const READ_ONLY_BUT_REVIEWS: TokenPolicy = {
  resources: {
    '*': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
    review: { '*': { allow: ['*'] } },
  },
};
const ONE_REPOSITORY: TokenPolicy = {
  resources: {
    repository: {
      '*': { block: ['*'] },
      '1': { allow: ['GET', 'HEAD', 'OPTIONS'], block: ['*'] },
    },
  },
};

describe.each(PLATFORMS)("Review Board's documented policies on %s", (platform) => {
  it.each([
    ['GET', '/repositories', 200],
    ['GET', '/repositories/1', 200],
    ['HEAD', '/repositories/1', 200],
    ['POST', '/repositories', 403],
    ['PUT', '/repositories/1', 403],
    ['DELETE', '/repositories/1', 403],
    ['POST', '/repositories/1/reviews', 403],
    ['GET', '/server-info', 200],
  ])('P01 read-only: %s %s answers %i', async (method, path, status) => {
    const server = await startApplication(platform, reviewServer());
    const reply = await server.send(method, path, bearer(await issueSecret(server, READ_ONLY)));
    expect(reply.status).toBe(status);
    expect(calls).toHaveLength(status === 200 ? 1 : 0);
  });

  it.each([
    ['GET', '/repositories/1/reviews', 200],
    ['POST', '/repositories/1/reviews', 201],
    ['GET', '/repositories/1/reviews/7', 200],
    ['GET', '/repositories/1', 200],
    ['PUT', '/repositories/1', 403],
  ])('read-only with writable reviews: %s %s answers %i', async (method, path, status) => {
    const server = await startApplication(platform, reviewServer());
    const reply = await server.send(method, path, bearer(await issueSecret(server, READ_ONLY_BUT_REVIEWS)));
    expect(reply.status).toBe(status);
  });

  it.each([
    ['GET', '/repositories', 403],
    ['GET', '/repositories/1', 200],
    ['DELETE', '/repositories/1', 403],
    ['GET', '/repositories/2', 403],
    ['POST', '/repositories', 403],
    ['GET', '/repositories/2/reviews', 200],
    ['GET', '/server-info', 200],
  ])('all repositories blocked but one readable: %s %s answers %i', async (method, path, status) => {
    const server = await startApplication(platform, reviewServer());
    const reply = await server.send(method, path, bearer(await issueSecret(server, ONE_REPOSITORY)));
    expect(reply.status).toBe(status);
  });
});
