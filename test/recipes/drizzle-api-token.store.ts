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
  hint: text('hint'),
  policy: text('policy'),
  note: text('note').notNull(),
  metadata: text('metadata'),
  createdAt: date('created_at').notNull(),
  notBefore: date('not_before'),
  expiresAt: date('expires_at'),
  pausedAt: date('paused_at'),
  revokedAt: date('revoked_at'),
  revocationReason: text('revocation_reason'),
  lastUsedAt: date('last_used_at'),
});
const secrets = pgTable('token_secret', {
  digest: text('digest').primaryKey(),
  tokenId: text('token_id').notNull(),
  expiresAt: date('expires_at'),
});

type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];

const PART = 1_000;

/** Whether a token counts against its owner's quota. */
function isActive({ expiresAt, revokedAt }: StoredApiToken, at: Date) {
  return revokedAt === null && (expiresAt === null || expiresAt > at);
}

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
          await this.#lock(token.ownerId, transaction);
          if (await this.#isFull(token.ownerId, quota, transaction)) return 'quota-exceeded';
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
      isNull(tokens.revokedAt),
    );
    const where = and(isExpiring, gt(tokens.id, after ?? ''));
    return this.database.select().from(tokens).where(where).orderBy(tokens.id).limit(limit);
  }

  async update(
    id: string,
    { note, policy, metadata, expiresAt, pausedAt }: ApiTokenChanges,
    quota: ApiTokenQuota | null = null,
  ) {
    // Drizzle leaves out what is undefined, and rejects to set nothing.
    const changes = { note, policy, metadata, expiresAt, pausedAt, id };
    return this.database.transaction(async (transaction) => {
      const before = quota && (await this.#tokenOfLockedOwner(id, transaction));
      if (quota !== null && before !== null) {
        const after = { ...before, expiresAt: expiresAt === undefined ? before.expiresAt : expiresAt };
        const livesAgain = !isActive(before, quota.at) && isActive(after, quota.at);
        if (livesAgain && (await this.#isFull(before.ownerId, quota, transaction))) return 'quota-exceeded';
      }
      const [token] = await transaction.update(tokens).set(changes).where(eq(tokens.id, id)).returning();
      return token ?? null;
    });
  }

  async rotate(id: string, digest: string, retireAt: Date, hint: string) {
    return this.#unlessTaken(digest, () =>
      this.database.transaction(async (transaction) => {
        const [token] = await transaction.select().from(tokens).where(eq(tokens.id, id)).for('update');
        if (token === undefined) return 'not-found';
        const isLater = or(isNull(secrets.expiresAt), gt(secrets.expiresAt, retireAt));
        await transaction
          .update(secrets)
          .set({ expiresAt: retireAt })
          .where(and(eq(secrets.tokenId, id), isLater));
        await transaction.update(tokens).set({ hint }).where(eq(tokens.id, id));
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

  async revoke(id: string, at: Date, reason: string) {
    await this.#end(eq(tokens.id, id), at, reason);
    return this.findById(id);
  }

  async revokeMany(selector: ApiTokenSelector, at: Date, reason: string) {
    if (!('owners' in selector)) return this.#end(sql`${selector.all}`, at, reason);
    // One array: a statement can't have a parameter for each of many thousand owners.
    return this.#end(sql`${tokens.ownerId} = ANY(${sql.param([...selector.owners])})`, at, reason);
  }

  async recordUses(uses: ReadonlyMap<string, Date>) {
    // Each on its own: nobody who ends one of the tokens waits for the others.
    for (const [id, lastUsedAt] of uses) {
      const isLater = or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, lastUsedAt));
      await this.database
        .update(tokens)
        .set({ lastUsedAt })
        .where(and(eq(tokens.id, id), isLater));
    }
  }

  async remove(id: string) {
    const { rowCount } = await this.database.delete(tokens).where(eq(tokens.id, id));
    return rowCount === 1;
  }

  async prune(before: Date) {
    const isPast = or(lt(tokens.revokedAt, before), lt(tokens.expiresAt, before));
    let pruned = 0;
    for (let deleted = PART; deleted === PART; pruned += deleted) {
      // In parts, for the same reason.
      const { rowCount } = await this.database.delete(tokens).where(this.#locked(isPast, PART));
      deleted = rowCount ?? 0;
    }
    await this.database
      .delete(secrets)
      .where(and(isNotNull(secrets.expiresAt), lt(secrets.expiresAt, before)));
    return pruned;
  }

  /** Whoever else changes how many tokens the owner has waits here until the transaction ends. */
  async #lock(ownerId: string, transaction: Transaction) {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${ownerId}, 0))`);
  }

  async #isFull(ownerId: string, { limit, at }: ApiTokenQuota, transaction: Transaction) {
    const active = and(isNull(tokens.revokedAt), or(isNull(tokens.expiresAt), gt(tokens.expiresAt, at)));
    return (await transaction.$count(tokens, and(eq(tokens.ownerId, ownerId), active))) >= limit;
  }

  async #tokenOfLockedOwner(id: string, transaction: Transaction) {
    const read = async () => {
      const [token] = await transaction.select().from(tokens).where(eq(tokens.id, id));
      return token ?? null;
    };
    const found = await read();
    if (found === null) return null;
    await this.#lock(found.ownerId, transaction);
    // Once more: it may have changed before the owner was locked.
    return read();
  }

  async #end(which: SQL, at: Date, reason: string) {
    const ended = { revokedAt: at, revocationReason: reason };
    const { rowCount } = await this.database
      .update(tokens)
      .set(ended)
      .where(this.#locked(and(which, isNull(tokens.revokedAt))));
    return rowCount ?? 0;
  }

  /** Locks in the order of IDs, so that two changes of many tokens at once don't wait for each other. */
  #locked(which: SQL | undefined, limit = Number.MAX_SAFE_INTEGER) {
    const ids = this.database.select({ id: tokens.id }).from(tokens).where(which);
    return inArray(tokens.id, ids.orderBy(tokens.id).limit(limit).for('update'));
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
