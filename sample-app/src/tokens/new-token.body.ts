import { IsISO8601, ValidateIf } from 'class-validator';
import { IsText } from '../http/text-decorators.js';

/** What is sent to issue a token, beside its policy. */
export class NewTokenBody {
  @IsText(1_000)
  note = '';

  /** Null: never. */
  @ValidateIf((body: NewTokenBody) => body.expiresAt !== null)
  @IsISO8601({ strict: true })
  expiresAt: string | null = null;
}
