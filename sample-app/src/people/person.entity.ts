import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** Somebody who can log in and own tokens. */
@Entity('person')
export class PersonEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ type: 'text', unique: true })
  name!: string;

  @Column({ name: 'password_hash', type: 'text' })
  passwordHash!: string;
}
