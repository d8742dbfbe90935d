import { expect } from '@jest/globals';
import type { TokenPolicy } from 'nestjs-api-token';
import { bearer, type RunningApplication } from './application.js';
import { calls, issueSecret } from './review-server.js';

/** A title, the policy of a token, the request made with it and the status it has to get. */
export type AuthorizedRequest = readonly [
  title: string,
  policy: TokenPolicy | 'full-access',
  method: string,
  path: string,
  status: 200 | 201 | 400 | 403,
];

/** A policy about projects alone. */
export function repositoryPolicy(
  sections: Record<string, { allow?: string[]; block?: string[] }>,
): TokenPolicy {
  return { resources: { project: sections } } as TokenPolicy;
}

/** Everything but repository 42. */
export const BLOCKED_42 = repositoryPolicy({ '42': { block: ['*'] } });

/** Makes a request to a review server and expects its status, the body that belongs to it, and a handler's call or none. */
export async function expectAuthorized(
  server: RunningApplication,
  [, policy, method, path, status]: AuthorizedRequest,
): Promise<void> {
  calls.length = 0;
  const reply = await server.send(method, path, bearer(await issueSecret(server, policy)));
  expect(reply.status).toBe(status);
  if (status === 403) {
    expect(reply.headers['www-authenticate']).toBe('Bearer error="insufficient_scope"');
    if (method !== 'HEAD')
      expect(reply.body).toMatchObject({ statusCode: 403, error: 'Forbidden', code: 'PERMISSION_DENIED' });
  }
  if (status === 400) expect(reply.body).toMatchObject({ code: 'RESOURCE_ID_NOT_CANONICAL' });
  expect(calls).toHaveLength(status < 300 ? 1 : 0);
}
