import { Injectable } from '@nestjs/common';
import { ApplicationProviders } from './application-providers.js';
import { ApiTokenEvents } from './events/api-token-events.js';
import { RoutePolicies } from './http/route-policies.js';
import type { ApiTokenRepository } from './repositories/api-token-repository.js';
import { ApiTokenCache } from './repositories/api-token-cache.js';
import { ApiTokenEnvironment } from './tokens/api-token-environment.js';
import type { ApiTokenFormat } from './tokens/api-token-format.js';
import type { ApiTokenOwnerProvider } from './tokens/api-token-owner-provider.js';
import type { AuthenticatedEntry } from './tokens/authenticated-entry.js';
import { DefaultFormat } from './tokens/default-format.js';
import { SecretDigester } from './tokens/secret-digester.js';
import { StoredPolicyReader } from './tokens/stored-policy-reader.js';

const DEFAULT_CACHE = { maxTokens: 10_000, lifetimeMs: 5_000 };

type Parts = Pick<ApiTokenEnvironment, 'rules' | 'issued' | 'formats' | 'digester' | 'cache'>;

/** The environment of the token services, made of the module's options when it is first used. */
@Injectable()
export class ModuleEnvironment extends ApiTokenEnvironment {
  readonly policies: StoredPolicyReader = new StoredPolicyReader(this);
  #parts: Parts | undefined;

  constructor(
    private readonly application: ApplicationProviders,
    readonly events: ApiTokenEvents,
    readonly catalogue: RoutePolicies,
  ) {
    super();
  }

  get rules(): ApiTokenEnvironment['rules'] {
    return this.parts.rules;
  }

  get issued(): DefaultFormat {
    return this.parts.issued;
  }

  get formats(): readonly ApiTokenFormat[] {
    return this.parts.formats;
  }

  get digester(): SecretDigester {
    return this.parts.digester;
  }

  get cache(): ApiTokenCache<AuthenticatedEntry> {
    return this.parts.cache;
  }

  get repository(): ApiTokenRepository {
    return this.application.repository;
  }

  get owners(): ApiTokenOwnerProvider | null {
    return this.application.owners;
  }

  private get parts(): Parts {
    return (this.#parts ??= this.make());
  }

  private make(): Parts {
    const { token, cache, ...options } = this.application.options;
    const issued = new DefaultFormat(token.prefix);
    const accepted = [...new Set(token.acceptedPrefixes)].filter((prefix) => prefix !== token.prefix);
    return {
      rules: {
        defaultDecision: options.defaultDecision ?? 'allow',
        unknownPolicyIds: options.unknownPolicyIds ?? 'report',
        deadlineMs: options.deadlineMs ?? 2_000,
        clock: options.clock ?? Date.now,
      },
      issued,
      formats: [issued, ...accepted.map((prefix) => new DefaultFormat(prefix))],
      digester: new SecretDigester(token.peppers),
      cache: new ApiTokenCache<AuthenticatedEntry>(cache === false ? null : { ...DEFAULT_CACHE, ...cache }),
    };
  }
}
