import type { DataSource, EntityManager } from 'typeorm';

const SINGLE_CONNECTION: ReadonlySet<string> = new Set([
  'better-sqlite3',
  'sqljs',
  'expo',
  'cordova',
  'capacitor',
]);

/**
 * Runs transactions: at once where the database has many connections, one after the other on SQLite. There TypeORM has
 * one connection, on which a second transaction would become a part of the first.
 */
export class TransactionQueue {
  readonly #isSingle: boolean;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {
    this.#isSingle = SINGLE_CONNECTION.has(dataSource.options.type);
  }

  run<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (!this.#isSingle) return this.dataSource.transaction(work);
    const turn = this.#last.then(() => this.dataSource.transaction(work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
