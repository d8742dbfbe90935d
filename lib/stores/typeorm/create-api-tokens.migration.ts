import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { type ColumnTypes, columnTypesOf } from './column-types.js';

const TOKENS = 'api_token';
const SECRETS = 'api_token_secret';
const OWNERS = 'api_token_owner';

/** Makes the tables `api_token`, `api_token_secret` and `api_token_owner`. */
export class CreateApiTokens1763769600000 implements MigrationInterface {
  readonly name = 'CreateApiTokens1763769600000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const types = await columnTypesOf(queryRunner);
    await queryRunner.createTable(tokens(types));
    await queryRunner.createTable(secrets(types));
    await queryRunner.createTable(owners(types));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(OWNERS);
    await queryRunner.dropTable(SECRETS);
    await queryRunner.dropTable(TOKENS);
  }
}

function tokens({ key, text, milliseconds }: ColumnTypes): Table {
  return new Table({
    name: TOKENS,
    columns: [
      { name: 'id', ...key(36), isPrimary: true },
      { name: 'owner_id', ...key(255) },
      { name: 'kind', ...key(32) },
      { name: 'hint', ...key(32), isNullable: true },
      { name: 'policy', ...text, isNullable: true },
      { name: 'note', ...text },
      { name: 'metadata', ...text, isNullable: true },
      { name: 'created_at', ...milliseconds },
      { name: 'not_before', ...milliseconds, isNullable: true },
      { name: 'expires_at', ...milliseconds, isNullable: true },
      { name: 'paused_at', ...milliseconds, isNullable: true },
      { name: 'revoked_at', ...milliseconds, isNullable: true },
      { name: 'revocation_reason', ...text, isNullable: true },
      { name: 'last_used_at', ...milliseconds, isNullable: true },
    ],
    indices: [{ name: 'api_token_by_owner', columnNames: ['owner_id', 'id'] }],
  });
}

function secrets({ key, milliseconds }: ColumnTypes): Table {
  return new Table({
    name: SECRETS,
    columns: [
      { name: 'digest', ...key(128), isPrimary: true },
      { name: 'token_id', ...key(36) },
      { name: 'expires_at', ...milliseconds, isNullable: true },
    ],
    indices: [{ name: 'api_token_secret_by_token', columnNames: ['token_id'] }],
    foreignKeys: [
      {
        name: 'api_token_secret_token_fk',
        columnNames: ['token_id'],
        referencedTableName: TOKENS,
        referencedColumnNames: ['id'],
        onDelete: 'CASCADE',
      },
    ],
  });
}

function owners({ key }: ColumnTypes): Table {
  return new Table({ name: OWNERS, columns: [{ name: 'owner_id', ...key(255), isPrimary: true }] });
}
