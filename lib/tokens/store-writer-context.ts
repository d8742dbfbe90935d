import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { ApiTokenRepository } from '../repositories/api-token-repository.js';

/** What those need who write to the store behind the back of requests. */
export interface StoreWriterContext {
  readonly events: ApiTokenEvents;
  readonly repository: ApiTokenRepository;
}
