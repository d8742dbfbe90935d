import { setImmediate } from 'node:timers/promises';
import {
  And,
  type EntityTarget,
  type FindOptionsWhere,
  LessThanOrEqual,
  MoreThan,
  type ObjectLiteral,
} from 'typeorm';
import type { TransactionQueue } from './transaction-queue.js';

const ROWS_PER_PART = 1_000;

/**
 * Deletes the rows of a table that meet one of some conditions. Walks along the table's key, and deletes in each part of
 * it in a transaction of its own, so that nobody waits for more than one: neither for its locks nor, where the database
 * is SQLite, for the event loop.
 *
 * @param key - The primary key: a column of text that has the name of its property.
 * @returns How many rows were deleted.
 */
export async function deleteInParts<Row extends ObjectLiteral>(
  transactions: TransactionQueue,
  table: EntityTarget<Row>,
  key: keyof Row & string,
  conditions: readonly FindOptionsWhere<Row>[],
): Promise<number> {
  let deleted = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const start: string = after;
    const end = await lastOfPart(transactions, table, key, start);
    const range = end === undefined ? MoreThan(start) : And(MoreThan(start), LessThanOrEqual(end));
    const part = conditions.map((condition) => ({ ...condition, [key]: range }) as FindOptionsWhere<Row>);
    const { affected } = await transactions.run((manager) => manager.delete(table, part));
    deleted += affected ?? 0;
    await setImmediate();
    after = end;
  }
  return deleted;
}

/** The key that ends the part that begins after another key; undefined for the last part. */
async function lastOfPart<Row extends ObjectLiteral>(
  transactions: TransactionQueue,
  table: EntityTarget<Row>,
  key: string,
  after: string,
): Promise<string | undefined> {
  const row = await transactions.read((manager) =>
    manager
      .createQueryBuilder(table, 'part')
      .select(`part.${key}`, 'last')
      .where(`part.${key} > :after`, { after })
      .orderBy(`part.${key}`)
      .offset(ROWS_PER_PART - 1)
      .limit(1)
      .cache(false)
      .getRawOne<{ last: string }>(),
  );
  return row?.last;
}
