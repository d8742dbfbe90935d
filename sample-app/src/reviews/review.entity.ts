import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

/** What somebody thinks of a review request. */
@Entity('review')
export class ReviewEntity {
  @PrimaryGeneratedColumn({ type: 'integer' })
  id!: number;

  @Column({ name: 'review_request_id', type: 'integer' })
  reviewRequestId!: number;

  @Column({ name: 'reviewer_id', type: 'integer' })
  reviewerId!: number;

  @Column({ type: 'text' })
  body!: string;

  @Column({ name: 'ship_it', type: 'boolean' })
  shipIt!: boolean;
}
