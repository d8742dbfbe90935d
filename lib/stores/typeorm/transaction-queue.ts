import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { ApiTokenError } from '../../tokens/api-token.error.js';
import { isUndone, retryConflicts } from './retry-conflicts.js';

const SINGLE_CONNECTION: ReadonlySet<string> = new Set([
  'better-sqlite3',
  'sqlite',
  'sqljs',
  'expo',
  'cordova',
  'capacitor',
]);

const queues = new WeakMap<DataSource, TransactionQueue>();

/**
 * Runs transactions: at once where the database has many connections, one after the other on SQLite. There TypeORM has
 * one connection, on which a second transaction would become a part of the first, and a read would see what may yet be
 * undone.
 */
export class TransactionQueue {
  readonly #isSingle: boolean;
  #last: Promise<unknown> = Promise.resolve();

  /** The queue of a data source, which all of its stores share. */
  static of(dataSource: DataSource): TransactionQueue {
    const queue = queues.get(dataSource) ?? new TransactionQueue(dataSource);
    queues.set(dataSource, queue);
    return queue;
  }

  private constructor(private readonly dataSource: DataSource) {
    this.#isSingle = SINGLE_CONNECTION.has(dataSource.options.type);
  }

  /**
   * Runs a transaction, which may be run several times: it must not do anything but use its entity manager.
   *
   * @throws What it throws; nothing of it holds then.
   * @throws {ApiTokenError} `OUTCOME_UNKNOWN` where the answer to the commit was lost.
   */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.#isSingle) return this.#enqueue(() => this.dataSource.transaction(work));
    return retryConflicts(() => this.#onPrimary((queryRunner) => transaction(queryRunner, work)));
  }

  /**
   * Reads what is committed: from the primary, because a replica may not know yet that a token was ended.
   *
   * @throws What the read throws.
   */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const read = (): Promise<T> => this.#onPrimary(({ manager }) => work(manager));
    return this.#isSingle ? this.#enqueue(read) : read();
  }

  async #onPrimary<T>(work: (queryRunner: QueryRunner) => Promise<T>): Promise<T> {
    const queryRunner = this.dataSource.createQueryRunner('master');
    try {
      return await work(queryRunner);
    } finally {
      await queryRunner.release();
    }
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function transaction<T>(
  queryRunner: QueryRunner,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  // Not the database's own default: with wider locks, MariaDB's would undo more transactions than are at odds.
  await queryRunner.startTransaction('READ COMMITTED');
  let answer: T;
  try {
    answer = await work(queryRunner.manager);
  } catch (error) {
    await rollBack(queryRunner);
    throw error;
  }
  try {
    await queryRunner.commitTransaction();
    return answer;
  } catch (error) {
    await rollBack(queryRunner);
    if (isUndone(error)) throw error;
    throw new ApiTokenError(
      'OUTCOME_UNKNOWN',
      'repository',
      'The database did not answer whether the change was made, and it may be: see what is stored, then try again.',
      { cause: error },
    );
  }
}

/** Never throws: what went wrong before is what has to be told. */
async function rollBack(queryRunner: QueryRunner): Promise<void> {
  if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction().catch(() => undefined);
}
