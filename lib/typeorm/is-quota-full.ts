import { type EntityManager, IsNull, MoreThan, Or } from 'typeorm';
import type { ApiTokenQuota } from '../repositories/api-token-store.js';
import { ApiTokenOwnerEntity } from './api-token-owner.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';

/**
 * Whether an owner has as many tokens as a quota allows. The answer holds until the transaction ends: whoever else asks
 * for the same owner waits until then.
 */
export async function isQuotaFull(
  manager: EntityManager,
  ownerId: string,
  { limit, at }: ApiTokenQuota,
): Promise<boolean> {
  await lockOwner(manager, ownerId);
  const active = await manager.countBy(ApiTokenEntity, {
    ownerId,
    invalidatedAt: IsNull(),
    expiresAt: Or(IsNull(), MoreThan(at)),
  });
  return active >= limit;
}

/**
 * One statement that writes in any case, because every database then locks the row, and SQLite itself. A mere attempt to
 * insert would on MariaDB leave shared locks, which end in deadlocks when each wants to write.
 */
async function lockOwner(manager: EntityManager, ownerId: string): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(ApiTokenOwnerEntity)
    .values({ ownerId })
    .orUpdate(['owner_id'], ['owner_id'])
    .updateEntity(false)
    .execute();
}
