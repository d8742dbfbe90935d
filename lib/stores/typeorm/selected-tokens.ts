import { type FindOptionsWhere, In } from 'typeorm';
import type { ApiTokenSelector } from '../../tokens/api-token-store.js';
import type { ApiTokenEntity } from './api-token.entity.js';
import { chunks } from './chunks.js';

const OWNERS_PER_STATEMENT = 1_000;

/** What a selector selects, in conditions for one statement each. One that names neither owners nor all selects nobody. */
export function selectedTokens(selector: ApiTokenSelector): FindOptionsWhere<ApiTokenEntity>[] {
  if ('owners' in selector) {
    return chunks(selector.owners, OWNERS_PER_STATEMENT).map((owners) => ({ ownerId: In(owners) }));
  }
  return selector.all ? [{}] : [];
}
