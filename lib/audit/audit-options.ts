import type { ExecutionContext } from '@nestjs/common';
import type { ApiTokenContexts } from '../http/api-token-context-adapter.js';

/** What the audit has to know of the module's options. */
export interface AuditOptions {
  /** Whether errors stop the start, unless it is false, and warnings, if it is true. */
  readonly strict?: boolean;
  readonly credentials?: 'required' | 'optional';
  readonly contexts?: ApiTokenContexts;
  readonly skipIf?: (context: ExecutionContext) => boolean;
}
