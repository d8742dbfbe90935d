import { type EntityManager, IsNull, MoreThan, Or } from 'typeorm';
import { isActive } from '../../tokens/is-active.js';
import type { ApiTokenChanges, ApiTokenQuota } from '../../tokens/api-token-store.js';
import { ApiTokenOwnerEntity } from './api-token-owner.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { findToken } from './find-token.js';

/**
 * Whether an owner has as many tokens as a quota allows. The answer holds until the transaction ends: whoever else asks
 * for the same owner waits until then.
 */
export async function isQuotaFull(
  manager: EntityManager,
  ownerId: string,
  quota: ApiTokenQuota,
): Promise<boolean> {
  await lockOwner(manager, ownerId);
  return hasTooMany(manager, ownerId, quota);
}

/** Whether changes would make a token one too many for its owner. The answer holds as that of {@link isQuotaFull}. */
export async function exceedQuota(
  manager: EntityManager,
  id: string,
  changes: ApiTokenChanges,
  quota: ApiTokenQuota,
): Promise<boolean> {
  const found = await findToken(manager, id);
  if (found === null) return false;
  await lockOwner(manager, found.ownerId);
  // Once more: it may have changed before the owner was locked.
  const token = await findToken(manager, id);
  if (token === null || isActive(token, quota.at) || !isActive({ ...token, ...changes }, quota.at))
    return false;
  return hasTooMany(manager, token.ownerId, quota);
}

async function hasTooMany(
  manager: EntityManager,
  ownerId: string,
  { limit, at }: ApiTokenQuota,
): Promise<boolean> {
  const where = { ownerId, revokedAt: IsNull(), expiresAt: Or(IsNull(), MoreThan(at)) };
  return (await manager.count(ApiTokenEntity, { where, cache: false })) >= limit;
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
