import {
  type ArgumentMetadata,
  BadRequestException,
  Injectable,
  NotFoundException,
  ParseIntPipe,
} from '@nestjs/common';
import { canonicalResourceId } from 'nestjs-api-token';
import { fitsIntegerColumn } from '../database/integer-column.js';

/**
 * The integer ID of an item from the path. A ParseIntPipe, so that the policy guard knows how the IDs are written, but
 * one that rejects `042` for people too and says which parameter is wrong.
 */
@Injectable()
export class ItemIdPipe extends ParseIntPipe {
  override async transform(value: unknown, { data = 'id' }: ArgumentMetadata): Promise<number> {
    const canonical = typeof value === 'string' ? canonicalResourceId('int', value) : null;
    if (canonical === null) {
      throw new BadRequestException(`${data} must be a whole number without leading zeros, such as 42`);
    }
    const id = Number(canonical);
    if (!fitsIntegerColumn(id)) throw new NotFoundException(`Nothing has the ${data} ${canonical}`);
    return id;
  }
}
