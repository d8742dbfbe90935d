import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** A change to a repository that waits for reviews. */
@Entity('review_request')
export class ReviewRequestEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ name: 'repository_id', type: 'integer' })
  repositoryId!: number;

  @Column({ name: 'submitter_id', type: 'integer' })
  submitterId!: number;

  @Column({ type: 'text' })
  summary!: string;

  @Column({ type: 'text' })
  description!: string;
}
