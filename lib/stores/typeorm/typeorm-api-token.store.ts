import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  And,
  DataSource,
  type FindOptionsWhere,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  MoreThan,
  QueryFailedError,
} from 'typeorm';
import type { ApiTokenRecord, StoredApiToken } from '../../tokens/api-token-record.js';
import {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  ApiTokenStore,
} from '../../tokens/api-token-store.js';
import { namedChanges } from '../../tokens/named-changes.js';
import { ApiTokenSecretEntity } from './api-token-secret.entity.js';
import { ApiTokenEntity } from './api-token.entity.js';
import { checkDatabase } from './check-database.js';
import { checkText } from './check-text.js';
import { deleteInParts } from './delete-in-parts.js';
import { findToken } from './find-token.js';
import { exceedQuota, isQuotaFull } from './is-quota-full.js';
import { recordUses } from './record-uses.js';
import { selectedTokens } from './selected-tokens.js';
import { TransactionQueue } from './transaction-queue.js';

/**
 * Keeps tokens in the tables `api_token`, `api_token_secret` and `api_token_owner` of a TypeORM data source, which has to
 * know `apiTokenEntities` and to have run `apiTokenMigrations`.
 *
 * On SQLite, TypeORM has one connection for all: a transaction of the application would take in what the store writes
 * meanwhile, and undo it when it fails. Where the application has transactions of its own there, give the store a data
 * source of its own.
 *
 * Where the data source has replicas, the primary is asked for everything: a replica may not know yet that a token was
 * ended. Its query cache is never asked.
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
export class TypeOrmApiTokenStore extends ApiTokenStore implements OnApplicationBootstrap {
  readonly #dataSource: DataSource;
  readonly #transactions: TransactionQueue;

  constructor(dataSource: DataSource) {
    super();
    this.#dataSource = dataSource;
    this.#transactions = TransactionQueue.of(dataSource);
  }

  /**
   * Checks the database, when whatever runs migrations at start has run them.
   *
   * @throws {ApiTokenConfigurationError} Where the tables or the entities are missing, or the connection alters text.
   */
  onApplicationBootstrap(): Promise<void> {
    return checkDatabase(this.#dataSource, this.#transactions);
  }

  override async findByDigest(digests: readonly string[]): Promise<ApiTokenRecord | null> {
    // A query builder: find() with a relation and a limit makes two queries of it.
    const secret = await this.#transactions.read((manager) =>
      manager
        .createQueryBuilder(ApiTokenSecretEntity, 'secret')
        .innerJoinAndSelect('secret.token', 'token')
        .where({ digest: In([...digests]) })
        .cache(false)
        .getOne(),
    );
    return secret && { ...secret.token, digest: secret.digest, secretExpiresAt: secret.expiresAt };
  }

  /** @throws QueryFailedError where another token has the ID, AlteredTextError where the database keeps another text. */
  override async insert(
    token: StoredApiToken,
    digest: string,
    quota: ApiTokenQuota | null,
  ): Promise<'inserted' | 'digest-taken' | 'quota-exceeded'> {
    return this.#unlessTaken(digest, () =>
      this.#transactions.run(async (manager) => {
        if (quota !== null && (await isQuotaFull(manager, token.ownerId, quota))) return 'quota-exceeded';
        await manager.insert(ApiTokenEntity, { ...token });
        checkText(await findToken(manager, token.id), token);
        await manager.insert(ApiTokenSecretEntity, { digest, tokenId: token.id, expiresAt: null });
        return 'inserted';
      }),
    );
  }

  override findById(id: string): Promise<StoredApiToken | null> {
    return this.#transactions.read((manager) => findToken(manager, id));
  }

  override list(ownerId: string, page: ApiTokenPage): Promise<readonly StoredApiToken[]> {
    return this.#page({ ownerId }, page);
  }

  override listExpiring(from: Date, until: Date, page: ApiTokenPage): Promise<readonly StoredApiToken[]> {
    return this.#page({ revokedAt: IsNull(), expiresAt: And(MoreThan(from), LessThanOrEqual(until)) }, page);
  }

  /** @throws AlteredTextError where the database keeps another text. */
  override async update(
    id: string,
    changes: ApiTokenChanges,
    quota: ApiTokenQuota | null = null,
  ): Promise<StoredApiToken | 'quota-exceeded' | null> {
    const named = namedChanges(changes);
    return this.#transactions.run(async (manager) => {
      if (quota !== null && (await exceedQuota(manager, id, named, quota))) return 'quota-exceeded';
      if (Object.keys(named).length > 0) await manager.update(ApiTokenEntity, { id }, named);
      const token = await findToken(manager, id);
      if (token !== null) checkText(token, named);
      return token;
    });
  }

  override async rotate(
    id: string,
    digest: string,
    retireAt: Date,
    hint: string,
  ): Promise<'rotated' | 'digest-taken' | 'not-found'> {
    return this.#unlessTaken(digest, () =>
      this.#transactions.run(async (manager) => {
        // Locks the row: of two rotations at once, the second has to see the secret of the first.
        await manager.update(ApiTokenEntity, { id }, { hint });
        if ((await findToken(manager, id)) === null) return 'not-found';
        const later = [IsNull(), MoreThan(retireAt)].map((expiresAt) => ({ tokenId: id, expiresAt }));
        await manager.update(ApiTokenSecretEntity, later, { expiresAt: retireAt });
        await manager.insert(ApiTokenSecretEntity, { digest, tokenId: id, expiresAt: null });
        return 'rotated';
      }),
    );
  }

  override async replaceDigest(digest: string, replacement: string): Promise<void> {
    await this.#unlessTaken(replacement, () =>
      this.#transactions.run((manager) =>
        manager.update(ApiTokenSecretEntity, { digest }, { digest: replacement }),
      ),
    );
  }

  override async revoke(id: string, at: Date, reason: string): Promise<StoredApiToken | null> {
    return this.#transactions.run(async (manager) => {
      await manager.update(
        ApiTokenEntity,
        { id, revokedAt: IsNull() },
        { revokedAt: at, revocationReason: reason },
      );
      return findToken(manager, id);
    });
  }

  override async revokeMany(selector: ApiTokenSelector, at: Date, reason: string): Promise<number> {
    return this.#transactions.run(async (manager) => {
      let ended = 0;
      for (const selected of selectedTokens(selector)) {
        const { affected } = await manager.update(
          ApiTokenEntity,
          { ...selected, revokedAt: IsNull() },
          { revokedAt: at, revocationReason: reason },
        );
        ended += affected ?? 0;
      }
      return ended;
    });
  }

  override async recordUses(uses: ReadonlyMap<string, Date>): Promise<void> {
    await recordUses(this.#transactions, uses);
  }

  override async remove(id: string): Promise<boolean> {
    const { affected } = await this.#transactions.run((manager) => manager.delete(ApiTokenEntity, { id }));
    return affected === 1;
  }

  override async prune(before: Date): Promise<number> {
    const isExpired = { expiresAt: LessThan(before) };
    const past = [{ revokedAt: LessThan(before) }, isExpired];
    const pruned = await deleteInParts(this.#transactions, ApiTokenEntity, 'id', past);
    await deleteInParts(this.#transactions, ApiTokenSecretEntity, 'digest', [isExpired]);
    return pruned;
  }

  #page(
    where: FindOptionsWhere<ApiTokenEntity>,
    { after, limit }: ApiTokenPage,
  ): Promise<readonly StoredApiToken[]> {
    return this.#transactions.read((manager) =>
      manager.find(ApiTokenEntity, {
        where: { ...where, ...(after === null ? {} : { id: MoreThan(after) }) },
        order: { id: 'ASC' },
        take: limit,
        cache: false,
      }),
    );
  }

  /** Asks the table after a failure: databases and drivers have each their own code for a taken key. */
  async #unlessTaken<T>(digest: string, write: () => Promise<T>): Promise<T | 'digest-taken'> {
    try {
      return await write();
    } catch (error) {
      const isTaken =
        error instanceof QueryFailedError &&
        (await this.#transactions.read((manager) =>
          manager.exists(ApiTokenSecretEntity, { where: { digest }, cache: false }),
        ));
      if (isTaken) return 'digest-taken';
      throw error;
    }
  }
}
