import type { CanActivate, ExecutionContext, PipeTransform, Type } from '@nestjs/common';
import type { ApiTokenContexts } from '../http/api-token-context-adapter.js';
import type { RouteHandler } from '../http/handler.js';

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

/** The option `audit` with its defaults. */
export type ResolvedAuditOptions = Required<ApiTokenAuditOptions>;

/** Fills in the defaults of the option `audit`. */
export function resolveAuditOptions(
  audit: ApiTokenAuditLevel | ApiTokenAuditOptions = 'error',
): ResolvedAuditOptions {
  const {
    level = 'error',
    outside = [],
    knownPipes = [],
    compositeGuards = [],
  } = typeof audit === 'string' ? { level: audit } : audit;
  return { level, outside, knownPipes, compositeGuards };
}

/** What the audit has to know of the module's options. */
export interface AuditedOptions {
  readonly audit?: ApiTokenAuditLevel | ApiTokenAuditOptions;
  readonly credentials?: 'required' | 'optional';
  readonly contexts?: ApiTokenContexts;
  readonly skipIf?: (context: ExecutionContext) => boolean;
  readonly exceptionFactory?: unknown;
}

/** What the guard does with the handlers of one kind of context. */
export function treatmentOf(
  context: RouteHandler['context'],
  { contexts }: AuditedOptions,
): 'read' | 'deny' | 'skip' {
  if (context === 'http') return 'read';
  const treatment = contexts?.[context] ?? 'deny';
  return typeof treatment === 'object' ? 'read' : treatment;
}
