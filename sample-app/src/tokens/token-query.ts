import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsUUID, Max, Min } from 'class-validator';

/** Which part of a person's tokens a request asks for. */
export class TokenQuery {
  /** The ID of the last token of the page before. */
  @IsOptional()
  @IsUUID()
  after?: string;

  @Type(() => Number)
  @Min(1)
  @Max(100)
  @IsInt()
  limit = 25;
}
