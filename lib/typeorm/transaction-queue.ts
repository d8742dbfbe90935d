import type { DataSource, EntityManager } from 'typeorm';
import { retryConflicts } from './retry-conflicts.js';

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
   */
  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.#isSingle) return this.#enqueue(() => this.dataSource.transaction(work));
    // Not the database's own default: with wider locks, MariaDB's would undo more transactions than are at odds.
    return retryConflicts(() => this.dataSource.transaction('READ COMMITTED', work));
  }

  /**
   * Reads what is committed.
   *
   * @throws What the read throws.
   */
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const read = (): Promise<T> => work(this.dataSource.manager);
    return this.#isSingle ? this.#enqueue(read) : read();
  }

  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
