import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';

const TOKENS = 'api_token';
const SECRETS = 'api_token_secret';

/** Makes the tables `api_token` and `api_token_secret`. */
export class CreateApiTokens1763769600000 implements MigrationInterface {
  readonly name = 'CreateApiTokens1763769600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const id = { type: 'varchar', length: '36' } as const;
    await queryRunner.createTable(
      new Table({
        name: TOKENS,
        columns: [
          { name: 'id', ...id, isPrimary: true },
          { name: 'owner_id', type: 'varchar', length: '255' },
          { name: 'kind', type: 'varchar', length: '32' },
          { name: 'policy', type: 'text', isNullable: true },
          { name: 'note', type: 'text' },
          milliseconds('created_at', false),
          milliseconds('not_before'),
          milliseconds('expires_at'),
          milliseconds('paused_at'),
          milliseconds('invalidated_at'),
          { name: 'invalidation_reason', type: 'text', isNullable: true },
        ],
        indices: [{ name: 'api_token_owner', columnNames: ['owner_id', 'id'] }],
      }),
    );
    await queryRunner.createTable(
      new Table({
        name: SECRETS,
        columns: [
          { name: 'digest', type: 'varchar', length: '128', isPrimary: true },
          { name: 'token_id', ...id },
        ],
        indices: [{ name: 'api_token_secret_token', columnNames: ['token_id'] }],
        foreignKeys: [
          {
            name: 'api_token_secret_token_fk',
            columnNames: ['token_id'],
            referencedTableName: TOKENS,
            referencedColumnNames: ['id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(SECRETS);
    await queryRunner.dropTable(TOKENS);
  }
}

function milliseconds(name: string, isNullable = true): TableColumnOptions {
  return { name, type: 'bigint', isNullable };
}
