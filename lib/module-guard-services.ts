import { type ExecutionContext, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { checkedAdapter, checkedExceptionFactory, checkedSkipIf } from './application-callbacks.js';
import { ApplicationProviders } from './application-providers.js';
import { ApiTokenEvents } from './events/api-token-events.js';
import { type ApiTokenGuardRules, ApiTokenGuardServices } from './guards/api-token-guard-services.js';
import { type ApiTokenContextAdapter, httpContextAdapter } from './http/api-token-context-adapter.js';
import { RoutePolicies } from './http/route-policies.js';
import { ApiTokenAuthenticator } from './tokens/api-token-authenticator.js';
import { ApiTokenEnvironment } from './tokens/api-token-environment.js';
import type { ApiTokenFormat } from './tokens/api-token-format.js';
import { PolicyEvaluator } from './tokens/policy-evaluator.js';

/** What the guard works with, made of the module's options when it is first used. */
@Injectable()
export class ModuleGuardServices extends ApiTokenGuardServices {
  #rules: ApiTokenGuardRules | undefined;
  #contexts: ReadonlyMap<string, ApiTokenContextAdapter | 'deny' | 'skip'> | undefined;
  // These services stand on each request: whoever inspects one shall not be shown the server, with its other requests.
  readonly #host: HttpAdapterHost;

  constructor(
    private readonly application: ApplicationProviders,
    private readonly environment: ApiTokenEnvironment,
    host: HttpAdapterHost,
    readonly routes: RoutePolicies,
    readonly authenticator: ApiTokenAuthenticator,
    readonly evaluator: PolicyEvaluator,
    readonly events: ApiTokenEvents,
  ) {
    super();
    this.#host = host;
  }

  get rules(): ApiTokenGuardRules {
    return (this.#rules ??= this.#makeRules());
  }

  get formats(): readonly ApiTokenFormat[] {
    return this.environment.formats;
  }

  contextOf(type: string): ApiTokenContextAdapter | 'deny' | 'skip' {
    // A Map of own keys: a context type is not looked up among what objects inherit.
    this.#contexts ??= this.#makeContexts();
    return this.#contexts.get(type) ?? 'deny';
  }

  keepFromSharedCaches(context: ExecutionContext): void {
    if (context.getType() !== 'http') return;
    const response = context.getArgByIndex<unknown>(1);
    const said: unknown = this.#host.httpAdapter.getHeader?.(response, 'Cache-Control');
    if (said === undefined) this.setHeaders(context, { 'Cache-Control': 'private' });
  }

  setHeaders(context: ExecutionContext, headers: Readonly<Record<string, string>>): void {
    if (context.getType() !== 'http') return;
    const response = context.getArgByIndex<unknown>(1);
    for (const [name, value] of Object.entries(headers)) {
      this.#host.httpAdapter.setHeader?.(response, name, value);
    }
  }

  #makeContexts(): ReadonlyMap<string, ApiTokenContextAdapter | 'deny' | 'skip'> {
    const contexts = new Map<string, ApiTokenContextAdapter | 'deny' | 'skip'>([
      ['http', httpContextAdapter],
    ]);
    for (const [type, adapter] of Object.entries(this.application.options.contexts ?? {})) {
      contexts.set(type, typeof adapter === 'object' ? checkedAdapter(adapter, this.events) : adapter);
    }
    return contexts;
  }

  #makeRules(): ApiTokenGuardRules {
    const { credentials, headers, explainDenials, skipIf, exceptionFactory } = this.application.options;
    return {
      credentials: credentials ?? 'required',
      headers: headers ?? [],
      explainDenials: explainDenials ?? false,
      skipIf: skipIf === undefined ? null : checkedSkipIf(skipIf, this.events),
      exceptionFactory:
        exceptionFactory === undefined ? null : checkedExceptionFactory(exceptionFactory, this.events),
    };
  }
}
