import { setImmediate } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { ApiTokenEntity } from './api-token.entity.js';
import { chunks } from './chunks.js';
import type { TransactionQueue } from './transaction-queue.js';

const USES_PER_STATEMENT = 200;

/**
 * Writes when tokens were used last, many in one statement. A time earlier than what is kept changes nothing. Each
 * statement is a transaction of its own, so that whoever ends one of the tokens waits for a few of them at most.
 */
export async function recordUses(
  transactions: TransactionQueue,
  uses: ReadonlyMap<string, Date>,
): Promise<void> {
  // In one order everywhere, so that two processes don't wait for each other.
  const sorted = [...uses].toSorted(([left], [right]) => (left < right ? -1 : 1));
  for (const chunk of chunks(sorted, USES_PER_STATEMENT)) {
    await transactions.run((manager) => recordChunk(manager, chunk));
    // SQLite answers without a turn of the event loop.
    await setImmediate();
  }
}

async function recordChunk(
  manager: EntityManager,
  uses: readonly [id: string, usedAt: Date][],
): Promise<void> {
  const branches = uses.map(([, usedAt], index) => {
    const time = usedAt.getTime();
    // As a number in the text: PostgreSQL can't tell the type of a parameter here.
    return `WHEN id = :id${index} AND (last_used_at IS NULL OR last_used_at < ${time}) THEN ${time}`;
  });
  await manager
    .createQueryBuilder()
    .update(ApiTokenEntity)
    .set({ lastUsedAt: () => `CASE ${branches.join(' ')} ELSE last_used_at END` })
    .where('id IN (:...ids)', { ids: uses.map(([id]) => id) })
    .setParameters(Object.fromEntries(uses.map(([id], index) => [`id${index}`, id])))
    .execute();
}
