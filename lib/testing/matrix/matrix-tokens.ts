import type { INestApplication } from '@nestjs/common';
import { compilePolicy, parseTokenPolicy, type TokenPolicy } from '../../policy/index.js';
import { policySections } from '../../policy/compiled/policy-sections.js';
import type { ApiToken } from '../../tokens/api-token.js';
import { ApiTokenAuthenticator } from '../../authentication/api-token-authenticator.js';
import { OWNER_PROVIDER, RESOLVED_OPTIONS } from '../../module/injection-tokens.js';
import type { ResolvedOptions } from '../../module/resolve-options.js';
import { ApiTokenService } from '../../management/api-token.service.js';
import { issueTestToken, type TestToken } from '../client/issue-test-token.js';
import type { MatrixToken } from './matrix-requests.js';

/** What `'full-access'` means, whatever the default decision. */
const FULL_ACCESS: TokenPolicy = { resources: { '*': { allow: ['*'] } } };

/** Issues the tokens of a matrix, one at a time. */
export class MatrixTokens {
  constructor(
    private readonly app: INestApplication,
    private readonly ownerId: string | undefined,
  ) {}

  /**
   * Issues a token with a policy, and removes it when it has been used.
   *
   * @param name - What the policy is called.
   * @throws {Error} Where it can't be issued, or is not accepted: no request with it would be.
   */
  async use(
    name: string,
    policy: TokenPolicy | string,
    run: (token: MatrixToken) => Promise<void>,
  ): Promise<void> {
    const { token, secret, headers } = await this.#issue(name, policy);
    try {
      await this.#expectAccepted(token, secret);
      await run({ name, headers, ...this.#promises(policy) });
    } finally {
      await this.app.get(ApiTokenService, { strict: false }).remove(token.id);
    }
  }

  async #issue(name: string, policy: TokenPolicy | string): Promise<TestToken> {
    const owner = this.ownerId === undefined ? {} : { ownerId: this.ownerId };
    try {
      return await issueTestToken(this.app, { ...owner, policy, note: name });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `No token can be issued with the policy ${JSON.stringify(name)}: ${reason}`;
      throw new Error(message, { cause: error });
    }
  }

  async #expectAccepted({ ownerId }: ApiToken, secret: string): Promise<void> {
    const answer = await this.app.get(ApiTokenAuthenticator, { strict: false }).authenticate(secret);
    if (answer.ok) return;
    const ownerProvider = this.app.get<unknown>(OWNER_PROVIDER, { strict: false });
    const hint =
      ownerProvider === null
        ? ''
        : " Write ownerId: '<owner>', which names an owner that the ownerProvider knows.";
    throw new Error(
      `A new token of the owner ${JSON.stringify(ownerId)} is not accepted (${answer.reason}).${hint}`,
    );
  }

  /** What a policy says as it was written, whatever the application has made of it. */
  #promises(policy: TokenPolicy | string): Pick<MatrixToken, 'policy' | 'namedIds'> {
    const document = policy === 'full-access' ? FULL_ACCESS : parseTokenPolicy(policy);
    const { policies } = this.app.get<ResolvedOptions>(RESOLVED_OPTIONS, { strict: false });
    const resources = [...policySections(document).resources];
    return {
      policy: compilePolicy(document, { defaultDecision: policies.defaultDecision }),
      namedIds: new Map(resources.map(([policyId, { items }]) => [policyId, items.ids])),
    };
  }
}
