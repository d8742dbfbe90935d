import { and, eq, gt, inArray, isNotNull, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import {
  type ApiTokenChanges,
  type ApiTokenPage,
  type ApiTokenQuota,
  type ApiTokenSelector,
  ApiTokenStore,
  type StoredApiToken,
} from 'nestjs-api-token';

const date = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

const tokens = pgTable('token', {
  id: text('id').primaryKey(),
  ownerId: text('owner_id').notNull(),
  kind: text('kind').notNull(),
  policy: text('policy'),
  note: text('note').notNull(),
  metadata: text('metadata'),
  createdAt: date('created_at').notNull(),
  notBefore: date('not_before'),
  expiresAt: date('expires_at'),
  pausedAt: date('paused_at'),
  invalidatedAt: date('invalidated_at'),
  invalidationReason: text('invalidation_reason'),
  lastUsedAt: date('last_used_at'),
});
const secrets = pgTable('token_secret', {
  digest: text('digest').primaryKey(),
  tokenId: text('token_id').notNull(),
  expiresAt: date('expires_at'),
});

/** Keeps tokens with Drizzle on PostgreSQL. */
export class DrizzleApiTokenStore extends ApiTokenStore {
  constructor(private readonly database: NodePgDatabase) {
    super();
  }

  async findByDigest(digests: readonly string[]) {
    const [row] = await this.database
      .select()
      .from(secrets)
      .innerJoin(tokens, eq(tokens.id, secrets.tokenId))
      .where(inArray(secrets.digest, [...digests]));
    if (row === undefined) return null;
    return { ...row.token, digest: row.token_secret.digest, secretExpiresAt: row.token_secret.expiresAt };
  }

  async insert(token: StoredApiToken, digest: string, quota: ApiTokenQuota | null) {
    return this.#unlessTaken(digest, () =>
      this.database.transaction(async (transaction) => {
        if (quota !== null) {
          // Whoever else inserts for this owner waits here until this transaction ends.
          await transaction.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${token.ownerId}, 0))`);
          const isActive = and(
            isNull(tokens.invalidatedAt),
            or(isNull(tokens.expiresAt), gt(tokens.expiresAt, quota.at)),
          );
          const active = await transaction.$count(tokens, and(eq(tokens.ownerId, token.ownerId), isActive));
          if (active >= quota.limit) return 'quota-exceeded';
        }
        await transaction.insert(tokens).values(token);
        await transaction.insert(secrets).values({ digest, tokenId: token.id });
        return 'inserted';
      }),
    );
  }

  async findById(id: string) {
    const [token] = await this.database.select().from(tokens).where(eq(tokens.id, id));
    return token ?? null;
  }

  async list(ownerId: string, { after, limit }: ApiTokenPage) {
    const where = and(eq(tokens.ownerId, ownerId), gt(tokens.id, after ?? ''));
    return this.database.select().from(tokens).where(where).orderBy(tokens.id).limit(limit);
  }

  async listExpiring(from: Date, until: Date, { after, limit }: ApiTokenPage) {
    const isExpiring = and(
      gt(tokens.expiresAt, from),
      lte(tokens.expiresAt, until),
      isNull(tokens.invalidatedAt),
    );
    const where = and(isExpiring, gt(tokens.id, after ?? ''));
    return this.database.select().from(tokens).where(where).orderBy(tokens.id).limit(limit);
  }

  async update(id: string, { note, policy, metadata, expiresAt, pausedAt }: ApiTokenChanges) {
    // Drizzle leaves out what is undefined, and refuses to set nothing.
    const changes = { note, policy, metadata, expiresAt, pausedAt, id };
    const [token] = await this.database.update(tokens).set(changes).where(eq(tokens.id, id)).returning();
    return token ?? null;
  }

  async rotate(id: string, digest: string, retireAt: Date) {
    return this.#unlessTaken(digest, () =>
      this.database.transaction(async (transaction) => {
        const [token] = await transaction.select().from(tokens).where(eq(tokens.id, id)).for('update');
        if (token === undefined) return 'not-found';
        const isLater = or(isNull(secrets.expiresAt), gt(secrets.expiresAt, retireAt));
        await transaction
          .update(secrets)
          .set({ expiresAt: retireAt })
          .where(and(eq(secrets.tokenId, id), isLater));
        await transaction.insert(secrets).values({ digest, tokenId: id });
        return 'rotated';
      }),
    );
  }

  async replaceDigest(digest: string, replacement: string) {
    await this.#unlessTaken(replacement, () =>
      this.database.update(secrets).set({ digest: replacement }).where(eq(secrets.digest, digest)),
    );
  }

  async invalidate(id: string, at: Date, reason: string) {
    await this.#end(eq(tokens.id, id), at, reason);
    return this.findById(id);
  }

  async invalidateMany(selector: ApiTokenSelector, at: Date, reason: string) {
    if (!('owners' in selector)) return this.#end(sql`${selector.all}`, at, reason);
    // One array: a statement can't have a parameter for each of many thousand owners.
    return this.#end(sql`${tokens.ownerId} = ANY(${sql.param([...selector.owners])})`, at, reason);
  }

  async recordUses(uses: ReadonlyMap<string, Date>) {
    if (uses.size === 0) return;
    // In one order everywhere, so that two processes don't wait for each other.
    const sorted = [...uses].toSorted(([left], [right]) => (left < right ? -1 : 1));
    await this.database.transaction(async (transaction) => {
      for (const [id, lastUsedAt] of sorted) {
        const isLater = or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, lastUsedAt));
        await transaction
          .update(tokens)
          .set({ lastUsedAt })
          .where(and(eq(tokens.id, id), isLater));
      }
    });
  }

  async remove(id: string) {
    const { rowCount } = await this.database.delete(tokens).where(eq(tokens.id, id));
    return rowCount === 1;
  }

  async prune(before: Date) {
    return this.database.transaction(async (transaction) => {
      const isPast = or(lt(tokens.invalidatedAt, before), lt(tokens.expiresAt, before));
      const { rowCount } = await transaction.delete(tokens).where(this.#locked(isPast));
      await transaction
        .delete(secrets)
        .where(and(isNotNull(secrets.expiresAt), lt(secrets.expiresAt, before)));
      return rowCount ?? 0;
    });
  }

  async #end(which: SQL, at: Date, reason: string) {
    const ended = { invalidatedAt: at, invalidationReason: reason };
    const { rowCount } = await this.database
      .update(tokens)
      .set(ended)
      .where(this.#locked(and(which, isNull(tokens.invalidatedAt))));
    return rowCount ?? 0;
  }

  /** Locks in the order of IDs, so that two changes of many tokens at once don't wait for each other. */
  #locked(which: SQL | undefined) {
    const ids = this.database.select({ id: tokens.id }).from(tokens).where(which);
    return inArray(tokens.id, ids.orderBy(tokens.id).for('update'));
  }

  async #unlessTaken<T>(digest: string, write: () => Promise<T>): Promise<T | 'digest-taken'> {
    try {
      return await write();
    } catch (error) {
      const [taken] = await this.database.select().from(secrets).where(eq(secrets.digest, digest));
      if (taken !== undefined) return 'digest-taken';
      throw error;
    }
  }
}
