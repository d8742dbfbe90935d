import { Injectable } from '@nestjs/common';
import { DataSource, In, IsNull, MoreThan, QueryFailedError } from 'typeorm';
import type { ApiTokenRecord, StoredApiToken } from '../repositories/api-token-record.js';
import { type ApiTokenQuery, ApiTokenStore } from '../repositories/api-token-store.js';
import { ApiTokenSecretEntity } from './api-token-secret.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { TransactionQueue } from './transaction-queue.js';

/**
 * Keeps tokens in the tables `api_token` and `api_token_secret` of a TypeORM data source, which has to know
 * `apiTokenEntities` and to have run `apiTokenMigrations`.
 *
 * @example
 * ```ts
 * TypeOrmModule.forRoot({
 *   type: 'postgres',
 *   url: process.env.DATABASE_URL,
 *   entities: [...apiTokenEntities],
 *   migrations: [...apiTokenMigrations],
 *   migrationsRun: true,
 * });
 * ApiTokenModule.forRoot({ repository: TypeOrmApiTokenStore, token: { prefix: 'acme' } });
 * ```
 */
@Injectable()
export class TypeOrmApiTokenStore extends ApiTokenStore {
  readonly #transactions: TransactionQueue;

  constructor(private readonly dataSource: DataSource) {
    super();
    this.#transactions = new TransactionQueue(dataSource);
  }

  override async findByDigest(digests: readonly string[]): Promise<ApiTokenRecord | null> {
    // A query builder: find() with a relation and a limit makes two queries of it.
    const secret = await this.dataSource
      .createQueryBuilder(ApiTokenSecretEntity, 'secret')
      .innerJoinAndSelect('secret.token', 'token')
      .where({ digest: In([...digests]) })
      .getOne();
    return secret && { ...secret.token, digest: secret.digest };
  }

  override async insert(token: StoredApiToken, digest: string): Promise<'inserted' | 'digest-taken'> {
    try {
      await this.#transactions.run(async (manager) => {
        await manager.insert(ApiTokenEntity, { ...token, policy: policyText(token.policy) });
        await manager.insert(ApiTokenSecretEntity, { digest, tokenId: token.id });
      });
      return 'inserted';
    } catch (error) {
      // Asked of the table: databases and drivers have each their own code for a taken key.
      const isTaken =
        error instanceof QueryFailedError &&
        (await this.dataSource.manager.existsBy(ApiTokenSecretEntity, { digest }));
      if (isTaken) return 'digest-taken';
      throw error;
    }
  }

  override findById(id: string): Promise<StoredApiToken | null> {
    return this.dataSource.manager.findOneBy(ApiTokenEntity, { id });
  }

  override list({ ownerId, after, limit }: ApiTokenQuery): Promise<readonly StoredApiToken[]> {
    return this.dataSource.manager.find(ApiTokenEntity, {
      where: { ownerId, ...(after === null ? {} : { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: limit,
    });
  }

  override async invalidate(id: string, at: Date, reason: string): Promise<StoredApiToken | null> {
    return this.#transactions.run(async (manager) => {
      await manager.update(
        ApiTokenEntity,
        { id, invalidatedAt: IsNull() },
        { invalidatedAt: at, invalidationReason: reason },
      );
      return manager.findOneBy(ApiTokenEntity, { id });
    });
  }
}

function policyText(policy: StoredApiToken['policy']): string | null {
  return policy === null || typeof policy === 'string' ? policy : JSON.stringify(policy);
}
