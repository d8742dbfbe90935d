import { IsLine, IsText } from '../http/text-decorators.js';

/** What is sent to replace what the server says of itself. */
export class ServerInfoBody {
  @IsLine(100)
  name!: string;

  @IsText(10_000)
  description = '';
}
