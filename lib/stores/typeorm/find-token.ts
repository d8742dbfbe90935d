import type { EntityManager } from 'typeorm';
import { ApiTokenEntity } from './api-token.entity.js';

/** The token with an ID, or null, whatever the data source keeps of earlier answers. */
export function findToken(manager: EntityManager, id: string): Promise<ApiTokenEntity | null> {
  return manager.findOne(ApiTokenEntity, { where: { id }, cache: false });
}
