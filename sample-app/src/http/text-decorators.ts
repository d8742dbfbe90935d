import { applyDecorators } from '@nestjs/common';
import { IsString, Matches, MaxLength } from 'class-validator';

/** One line of text that may not be blank, such as a name. */
export function IsLine(maxLength: number): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MaxLength(maxLength),
    Matches(/^(?!\s)[^\p{Cc}]+(?<!\s)$/u, {
      message: '$property must be one line of text, not blank, without spaces at its ends',
    }),
  );
}

/** Text of any number of lines, which may be empty. */
export function IsText(maxLength: number): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MaxLength(maxLength),
    // PostgreSQL fails a query that contains this character.
    Matches(/^[^\0]*$/, { message: '$property must not contain the character U+0000' }),
  );
}
