import type { INestApplicationContext } from '@nestjs/common';
import { ApiTokenService, type IssuedApiToken } from '../../management/api-token.service.js';
import type { IssueApiTokenOptions } from '../../management/issue-options.js';

/** A token for a test: as `issue()` takes it, but that its owner may be left out. */
export type TestTokenOptions = Omit<IssueApiTokenOptions, 'ownerId'> & {
  /**
   * Whose token it is: where the application has an `ownerProvider`, somebody it knows.
   *
   * @default 'tester'
   */
  readonly ownerId?: string;
};

/** A token that a test has issued. */
export interface TestToken extends IssuedApiToken {
  /** `{ authorization: 'Bearer …' }`, for any client. */
  readonly headers: { readonly authorization: string };
}

/**
 * Issues a token in a test.
 *
 * @example
 * ```ts
 * const { headers } = await issueTestToken(app, { policy: 'full-access' });
 * await supertest(app.getHttpServer()).get('/projects').set(headers).expect(200);
 * ```
 *
 * @param app - The application, or its testing module: what has the `ApiTokenModule`.
 * @throws {ApiTokenError} and the others of `ApiTokenService.issue()`.
 */
export async function issueTestToken(
  app: Pick<INestApplicationContext, 'get'>,
  { ownerId = 'tester', ...options }: TestTokenOptions,
): Promise<TestToken> {
  const service = app.get(ApiTokenService, { strict: false });
  const issued = await service.issue({ ...options, ownerId });
  return { ...issued, headers: { authorization: `Bearer ${issued.secret}` } };
}
