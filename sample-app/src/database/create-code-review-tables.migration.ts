import {
  type MigrationInterface,
  type QueryRunner,
  Table,
  type TableColumnOptions,
  type TableForeignKeyOptions,
} from 'typeorm';

/** Never gives an ID out twice: a policy that blocks repository 2 must not block a later one of another name. */
const ID: TableColumnOptions = {
  name: 'id',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  generationStrategy: 'increment',
};

/** Makes the tables of the code-review server. */
export class CreateCodeReviewTables1763856000000 implements MigrationInterface {
  readonly name = 'CreateCodeReviewTables1763856000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const tables = [
      new Table({
        name: 'person',
        columns: [ID, { ...text('name'), isUnique: true }, text('password_hash')],
      }),
      new Table({
        name: 'server_info',
        columns: [{ name: 'id', type: 'integer', isPrimary: true }, text('name'), text('description')],
      }),
      new Table({
        name: 'repository',
        columns: [ID, { ...text('name'), isUnique: true }, text('description')],
      }),
      new Table({
        name: 'review_request',
        columns: [
          ID,
          reference('repository_id'),
          reference('submitter_id'),
          text('summary'),
          text('description'),
        ],
        indices: [{ columnNames: ['repository_id'] }],
        foreignKeys: [foreignKey('repository_id', 'repository'), foreignKey('submitter_id', 'person')],
      }),
      new Table({
        name: 'review',
        columns: [
          ID,
          reference('review_request_id'),
          reference('reviewer_id'),
          text('body'),
          { name: 'ship_it', type: 'boolean' },
        ],
        indices: [{ columnNames: ['review_request_id'] }],
        foreignKeys: [foreignKey('review_request_id', 'review_request'), foreignKey('reviewer_id', 'person')],
      }),
    ];
    for (const table of tables) await queryRunner.createTable(table);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['review', 'review_request', 'repository', 'server_info', 'person']) {
      await queryRunner.dropTable(name);
    }
  }
}

function text(name: string): TableColumnOptions {
  return { name, type: 'text' };
}

function reference(name: string): TableColumnOptions {
  return { name, type: 'integer' };
}

/** Rejects to delete what is referred to: the policy was asked about the one item only. */
function foreignKey(column: string, table: string): TableForeignKeyOptions {
  return {
    columnNames: [column],
    referencedTableName: table,
    referencedColumnNames: ['id'],
    onDelete: 'NO ACTION',
  };
}
