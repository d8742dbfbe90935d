import type { INestApplication } from '@nestjs/common';
import { RESOLVED_OPTIONS } from '../../module/injection-tokens.js';
import type { ResolvedOptions } from '../../module/resolve-options.js';
import { ApiTokenPolicyCatalog } from '../../audit/api-token-policy-catalog.js';
import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { describeRoute, handlerName } from '../../audit/describe-route.js';
import { guardFindings } from '../../audit/findings/guard-findings.js';
import { makeReady, withApplicationServer } from '../client/application-server.js';
import { MatrixRunner } from './matrix-runner.js';
import { PolicyMatrix } from './policy-matrix.js';
import type { PolicyMatrixOptions } from './policy-matrix-options.js';
import type { PolicyDisagreement } from './policy-matrix.error.js';

/** What a matrix has seen where nothing was wrong. */
export interface PolicyMatrixResult {
  /** How many requests were sent. */
  readonly requests: number;
  /** The routes that the guard has no say in, as is meant: compare them with those that you mean. */
  readonly unguarded: readonly string[];
  /** The routes that every valid token reaches, whatever its policy: compare them too. */
  readonly authenticated: readonly string[];
}

/**
 * Asks for every route of an application, by every method and path, without a token, with a damaged one, and with tokens
 * of many policies, and compares what becomes of each request with what its policy promises. Item routes are asked for
 * items that the policy names, for others, and in spellings that their pipes would fold (`01`).
 *
 * The requests go over HTTP through middleware and guards, and **no handler runs**: each is stopped when all guards have
 * let it in, before interceptors and pipes. What a handler does with the request is not looked at. The application is
 * initialized where it is not yet; tokens are issued in its store, one at a time, and removed.
 *
 * Exception filters see each stopped request as an `HttpException` of 418. A throttler sees all of them: leave it out of
 * the application under test.
 *
 * @throws {PolicyMatrixError} With a table of what became something else than promised.
 * @throws {Error} Where a token with one of the policies can't be issued, or is not accepted.
 *
 * @example
 * ```ts
 * it('holds every route to the policies', async () => {
 *   const { unguarded } = await expectPoliciesToHold(app);
 *   expect(unguarded).toEqual(['HealthController.show (/health)']);
 * });
 * ```
 */
export async function expectPoliciesToHold(
  app: INestApplication,
  options: PolicyMatrixOptions = {},
): Promise<PolicyMatrixResult> {
  await makeReady(app);
  const { routes } = app.get(ApiTokenPolicyCatalog, { strict: false });
  const asked = routes.filter((route) => route.context === 'http' && options.except?.(route) !== true);
  const guarded = asked.filter(({ guard, policy }) => guard === 'bound' && policy.kind !== 'skipped');
  const matrix = new PolicyMatrix(app, guarded, options);
  const resolved = app.get<ResolvedOptions>(RESOLVED_OPTIONS, { strict: false });
  return withApplicationServer(app, async (send) => {
    const runner = new MatrixRunner(app, routes, options.headers, send);
    for (const route of asked.filter((found) => isGuardForgotten(found, resolved)))
      runner.add(forgottenGuard(route));
    const skipped = await matrix.run(runner);
    const authorized = new Set(guarded.filter((route) => !skipped.has(route)));
    const unguarded = asked.filter((route) => !authorized.has(route)).map(describeRoute);
    const authenticated = [...authorized].filter(({ policy }) => policy.kind === 'authenticated');
    return { requests: runner.finish(), unguarded, authenticated: authenticated.map(describeRoute) };
  });
}

/** Whether a route is written about as if it were guarded, and is not: with `audit: 'warn'` the application starts. */
function isGuardForgotten(route: ApiTokenRoute, options: ResolvedOptions): boolean {
  return guardFindings(route, options).length > 0;
}

function forgottenGuard(route: ApiTokenRoute): PolicyDisagreement {
  return {
    method: route.method ?? 'ALL',
    path: route.paths.join(', '),
    handler: handlerName(route),
    credential: '-',
    promised: 'a policy guard',
    got: 'none is bound',
  };
}
