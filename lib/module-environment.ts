import { Injectable } from '@nestjs/common';
import { ApplicationEnd, type EndHook } from './application-end.js';
import { ApplicationProviders } from './application-providers.js';
import { ApiTokenEvents } from './events/api-token-events.js';
import { RoutePolicies } from './http/route-policies.js';
import { ApiTokenCache } from './repositories/api-token-cache.js';
import type { ApiTokenRepository } from './repositories/api-token-repository.js';
import { ApiTokenEnvironment } from './tokens/api-token-environment.js';
import type { ApiTokenFormat, ApiTokenGenerator } from './tokens/api-token-format.js';
import type { TokenLifetimes, TokenOptions, TokenRules } from './tokens/api-token-options.js';
import type { ApiTokenOwnerProvider } from './tokens/api-token-owner-provider.js';
import type { AuthenticatedEntry } from './tokens/authenticated-entry.js';
import { checkedClock } from './tokens/checked-clock.js';
import { checkedFormat, checkedGenerator } from './tokens/checked-format.js';
import { DefaultTokenGenerator } from './tokens/default-token-generator.js';
import { LastUseRecorder } from './tokens/last-use-recorder.js';
import { RedigestQueue } from './tokens/redigest-queue.js';
import { SecretDigester } from './tokens/secret-digester.js';
import { StoreAccess } from './tokens/store-access.js';
import { StoredPolicyReader } from './tokens/stored-policy-reader.js';

const DEFAULT_CACHE = { maxTokens: 10_000, maxBytes: 134_217_728, lifetimeMs: 5_000 };
const DEFAULT_FLUSH_MS = 60_000;
/** Inherits nothing. */
const NO_LIFETIMES: TokenLifetimes = Object.freeze(Object.create(null) as TokenLifetimes);

/** The parts that are made of the options. */
type Parts = Pick<
  ApiTokenEnvironment,
  'rules' | 'issued' | 'formats' | 'deprecatedFormats' | 'digester' | 'cache' | 'uses'
>;

/** The environment of the token services, made of the module's options when it is first used. */
@Injectable()
export class ModuleEnvironment extends ApiTokenEnvironment {
  readonly policies: StoredPolicyReader = new StoredPolicyReader(this);
  readonly store: StoreAccess = new StoreAccess(this);
  readonly redigests: RedigestQueue = new RedigestQueue(this);
  #parts: Parts | undefined;

  constructor(
    private readonly application: ApplicationProviders,
    readonly events: ApiTokenEvents,
    readonly catalogue: RoutePolicies,
    end: ApplicationEnd,
  ) {
    super();
    end.listen((hook) => this.#end(hook));
  }

  get rules(): Parts['rules'] {
    return this.parts.rules;
  }

  get issued(): ApiTokenGenerator {
    return this.parts.issued;
  }

  get formats(): readonly ApiTokenFormat[] {
    return this.parts.formats;
  }

  get deprecatedFormats(): ReadonlySet<string> {
    return this.parts.deprecatedFormats;
  }

  get digester(): SecretDigester {
    return this.parts.digester;
  }

  get cache(): ApiTokenCache<AuthenticatedEntry> {
    return this.parts.cache;
  }

  get uses(): LastUseRecorder {
    return this.parts.uses;
  }

  get repository(): ApiTokenRepository {
    return this.application.repository;
  }

  get owners(): ApiTokenOwnerProvider | null {
    return this.application.owners;
  }

  private get parts(): Parts {
    return (this.#parts ??= this.#make(this.application.options));
  }

  /** Writes down what is not written yet, while the database is still there. */
  async #end(hook: EndHook): Promise<void> {
    const isLast = hook === 'onApplicationShutdown';
    // Nothing is waiting where nothing was ever asked for, as after a start that failed.
    if (this.#parts !== undefined) {
      const answers = [this.uses.flush(), this.redigests.drain(this.rules.managementDeadlineMs)];
      const isWritten = (await Promise.all(answers)).every(Boolean);
      // Requests go on until the last hook. A store that fails has ended, or hangs: it is not waited for again.
      if (isLast || !isWritten) {
        this.uses.stop();
        this.redigests.stop();
      }
    }
    if (isLast) this.events.close();
  }

  #make(options: TokenRules): Parts {
    const { token, cache, lastUsed } = options;
    const flushMs = lastUsed === false ? null : (lastUsed?.flushMs ?? DEFAULT_FLUSH_MS);
    return {
      ...formatsOf(token, this.events),
      rules: {
        clock: options.clock === undefined ? Date.now : checkedClock(options.clock, this.events),
        deadlineMs: options.deadlineMs ?? 2_000,
        managementDeadlineMs: options.managementDeadlineMs ?? 30_000,
        defaultDecision: options.defaultDecision ?? 'allow',
        unknownPolicyIds: options.unknownPolicyIds ?? 'report',
        lifetimes: options.lifetimes ?? NO_LIFETIMES,
        maxTokensPerOwner: options.maxTokensPerOwner ?? null,
      },
      digester: new SecretDigester(token.peppers),
      cache: new ApiTokenCache<AuthenticatedEntry>(cache === false ? null : { ...DEFAULT_CACHE, ...cache }),
      uses: new LastUseRecorder(this, flushMs),
    };
  }
}

function formatsOf(
  { prefix, acceptedPrefixes = [], formats = {} }: TokenOptions,
  events: ApiTokenEvents,
): Pick<Parts, 'issued' | 'formats' | 'deprecatedFormats'> {
  const own = new DefaultTokenGenerator({ prefix });
  const others = acceptedPrefixes.map((accepted) => new DefaultTokenGenerator({ prefix: accepted }));
  const issued = formats.issued === undefined ? own : checkedGenerator(formats.issued, events);
  const accepted = (formats.accepted ?? [])
    .filter((format) => format !== formats.issued)
    .map((format) => checkedFormat(format, events));
  return {
    issued,
    formats: [...new Set<ApiTokenFormat>([own, issued, ...others, ...accepted])],
    deprecatedFormats: new Set(formats.deprecated),
  };
}
