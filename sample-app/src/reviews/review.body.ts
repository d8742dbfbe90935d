import { IsBoolean, MinLength } from 'class-validator';
import { IsText } from '../http/text-decorators.js';

/** What is sent to create a review, or to replace one. */
export class ReviewBody {
  @MinLength(1)
  @IsText(10_000)
  body!: string;

  @IsBoolean()
  shipIt = false;
}
