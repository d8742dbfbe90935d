import type { QueryRunner, TableColumnOptions } from 'typeorm';

/** How a database keeps what tokens consist of. */
export interface ColumnTypes {
  /** Short text that is told apart by every byte: case, accents and trailing spaces. */
  readonly key: (length: number) => ColumnType;
  /** Text of at least 64 KiB that comes back as it was written. */
  readonly text: ColumnType;
  /** A date, in milliseconds since 1970. */
  readonly milliseconds: ColumnType;
}

type ColumnType = Omit<TableColumnOptions, 'name'>;

/**
 * How the database of a query runner keeps it.
 *
 * @throws QueryFailedError where the database does not answer.
 */
export async function columnTypesOf(queryRunner: QueryRunner): Promise<ColumnTypes> {
  const { type } = queryRunner.connection.options;
  const isMySql = type === 'mysql' || type === 'mariadb';
  const collation = isMySql ? await mySqlCollation(queryRunner) : type === 'postgres' ? 'C' : 'BINARY';
  const charset = isMySql ? { charset: 'utf8mb4' } : {};
  return {
    key: (length) => ({ type: 'varchar', length: String(length), ...charset, collation }),
    // The `text` of MariaDB and MySQL ends one byte before 64 KiB.
    text: { type: isMySql ? 'mediumtext' : 'text', ...charset },
    milliseconds: { type: 'bigint' },
  };
}

/** The one that is binary and does not pad: to `utf8mb4_bin`, 'a' and 'a ' are the same. */
async function mySqlCollation(queryRunner: QueryRunner): Promise<string> {
  const [{ version }] = (await queryRunner.query('SELECT VERSION() AS version')) as [{ version: string }];
  return version.includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}
