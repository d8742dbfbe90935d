import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The ID of the only row. */
export const SERVER_INFO_ID = 1;

/** What the server says of itself: one document. */
@Entity('server_info')
export class ServerInfoEntity {
  @PrimaryColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  description!: string;
}
