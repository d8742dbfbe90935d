import { Entity, PrimaryColumn } from 'typeorm';

/** An owner of tokens: a row to lock, so that two inserts at once don't both count too few tokens. */
@Entity({ name: 'api_token_owner', synchronize: false })
export class ApiTokenOwnerEntity {
  @PrimaryColumn({ name: 'owner_id', type: 'varchar', length: 255 })
  ownerId!: string;
}
