import type { INestApplication } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { ApiTokenRoute } from '../../audit/api-token-route.js';
import { applicationConfiguration } from '../../routes/application-configuration.js';
import { RESOLVED_OPTIONS } from '../../module/injection-tokens.js';
import type { ResolvedOptions } from '../../module/resolve-options.js';
import { MatrixExamples } from './matrix-examples.js';
import { type MatrixPlace, matrixPlaces } from './matrix-places.js';
import { usualPolicies } from './matrix-policies.js';
import { type MatrixCredential, matrixRequest, type MatrixToken, tokenRequests } from './matrix-requests.js';
import type { MatrixRunner } from './matrix-runner.js';
import { MatrixTokens } from './matrix-tokens.js';
import type { PolicyMatrixOptions } from './policy-matrix-options.js';
import { rejected, SKIPPED } from './verdict.js';

const NO_TOKEN: MatrixCredential = { name: 'no token', headers: {} };

/** Routes by every path and method, tried with everything that a request may bring. */
export class PolicyMatrix {
  readonly #examples: MatrixExamples;
  #places: readonly MatrixPlace[];

  /** @param routes - Those that the guard is bound to. */
  constructor(
    private readonly app: INestApplication,
    routes: readonly ApiTokenRoute[],
    private readonly options: PolicyMatrixOptions,
  ) {
    this.#examples = new MatrixExamples(routes, options);
    const versioning = applicationConfiguration(app.get(ModuleRef)).getVersioning();
    this.#places = matrixPlaces(routes, versioning, (host) => this.#examples.host(host));
  }

  /** @returns The routes that `skipIf` keeps the guard from, by one method at least: nothing is promised then. */
  async run(runner: MatrixRunner): Promise<ReadonlySet<ApiTokenRoute>> {
    const skipped = await this.#tryWithoutToken(runner);
    this.#places = this.#places.filter((place) => !skipped.has(place));
    if (this.#places.length === 0) throw nothingToTry(runner);
    const tokens = new MatrixTokens(this.app, this.options.ownerId);
    await this.#tryDamagedToken(runner, tokens);
    for (const [name, policy] of Object.entries(this.#policies())) {
      await tokens.use(name, policy, async (token) => {
        const requests = this.#places.flatMap((place) => tokenRequests(place, token, this.#examples));
        for (const request of requests) await runner.run(request);
      });
    }
    return new Set([...skipped].map(({ route }) => route));
  }

  async #tryWithoutToken(runner: MatrixRunner): Promise<Set<MatrixPlace>> {
    const { requests } = this.app.get<ResolvedOptions>(RESOLVED_OPTIONS, { strict: false });
    const promised = requests.credentials === 'required' ? [rejected('credential-missing'), SKIPPED] : [];
    const skipped = new Set<MatrixPlace>();
    for (const place of this.#places) {
      const { isSkipped } = await runner.run(
        matrixRequest(place, NO_TOKEN, this.#examples.path(place), promised),
      );
      if (isSkipped) skipped.add(place);
    }
    return skipped;
  }

  async #tryDamagedToken(runner: MatrixRunner, tokens: MatrixTokens): Promise<void> {
    await tokens.use('full access', 'full-access', async ({ headers }) => {
      const credential = { name: 'a damaged token', headers: damaged(headers) };
      for (const place of this.#places) {
        const path = this.#examples.path(place);
        await runner.run(matrixRequest(place, credential, path, [rejected('token-rejected')]));
      }
    });
  }

  #policies(): NonNullable<PolicyMatrixOptions['policies']> {
    const policies = this.#places.map(({ route }) => route.policy);
    const policyIds = policies.flatMap((policy) => ('policyId' in policy ? [policy.policyId] : []));
    return { ...usualPolicies(new Set(policyIds), this.#examples.ids), ...this.options.policies };
  }
}

/** @throws {PolicyMatrixError} Where it was seen that guards are missing. */
function nothingToTry(runner: MatrixRunner): Error {
  runner.finish();
  return new TypeError(
    'No route that is asked for is guarded, so that there is nothing to try. Bind the guard to the application: ' +
      '{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }.',
  );
}

/** Another secret of the same shape. */
function damaged({ authorization }: MatrixToken['headers']): MatrixToken['headers'] {
  return { authorization: `${authorization.slice(0, -1)}${authorization.endsWith('0') ? '1' : '0'}` };
}
