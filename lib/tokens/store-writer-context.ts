import type { ApiTokenEvents } from '../events/api-token-events.js';
import type { StoreAccess } from './store-access.js';

/** What those need who write to the store behind the back of requests. */
export interface StoreWriterContext {
  readonly events: ApiTokenEvents;
  readonly store: StoreAccess;
}
