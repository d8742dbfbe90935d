import type { CanActivate, PipeTransform, Type } from '@nestjs/common';
import type { ApiTokenContexts } from '../request/api-token-context-adapter.js';
import type { RouteHandler } from '../routes/route-handler.js';

/**
 * What a finding of the audit does to the start. `'error'`: errors stop it, warnings are logged. `'warn'`: both are
 * logged, and routes with an error deny every token. `'strict'`: both stop it.
 */
export type ApiTokenAuditLevel = 'error' | 'warn' | 'strict';

/** What the audit does at start, and what it cannot see by itself. */
export interface ApiTokenAuditOptions {
  /** @default 'error' */
  readonly level?: ApiTokenAuditLevel;
  /**
   * Paths of routes outside controllers that are known, so that the audit does not report them. `*` at the end stands
   * for every path that starts so, and `/*` also for the path before it.
   *
   * @default []
   * @example ['/api/*', '/metrics']
   */
  readonly outside?: readonly string[];
  /**
   * Pipes that do not change what an ID means: two spellings of a parameter never become one value.
   *
   * @default []
   */
  readonly knownPipes?: readonly Type<PipeTransform>[];
  /**
   * Guards that call `ApiTokenPolicyGuard` in a way that the audit cannot see.
   *
   * @default []
   */
  readonly compositeGuards?: readonly Type<CanActivate>[];
}

/** What the audit has to know of the module's options, which have their defaults. */
export interface AuditedOptions {
  readonly audit: Required<ApiTokenAuditOptions>;
  readonly requests: {
    readonly credentials: 'required' | 'optional';
    readonly contexts: ApiTokenContexts;
    readonly skipIf: unknown;
  };
  readonly errors: { readonly exceptionFactory: unknown };
}

/** What the guard does with the handlers of one kind of context. */
export function treatmentOf(
  context: RouteHandler['context'],
  { requests }: AuditedOptions,
): 'read' | 'deny' | 'skip' {
  if (context === 'http') return 'read';
  const treatment = requests.contexts[context] ?? 'deny';
  return typeof treatment === 'object' ? 'read' : treatment;
}
