import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A repository of source code. */
@Entity('repository')
export class RepositoryEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'text', unique: true })
  name!: string;

  @Column({ type: 'text' })
  description!: string;
}
