import { IsLine, IsText } from '../http/text-decorators.js';

/** What is sent to create a repository, or to replace one. */
export class RepositoryBody {
  @IsLine(100)
  name!: string;

  @IsText(10_000)
  description = '';
}
