import { IsInt, Max, Min } from 'class-validator';
import { MAX_INTEGER } from '../database/integer-column.js';
import { IsLine, IsText } from '../http/text-decorators.js';

/** What is sent to replace a review request. It stays with its repository. */
export class ReviewRequestBody {
  @IsLine(200)
  summary!: string;

  @IsText(10_000)
  description = '';
}

/** What is sent to create a review request. */
export class NewReviewRequestBody extends ReviewRequestBody {
  @Min(1)
  @Max(MAX_INTEGER)
  @IsInt()
  repositoryId!: number;
}
