import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { MAX_INTEGER } from '../database/integer-column.js';

/** Which part of a list a request asks for. */
export class PageQuery {
  @Type(() => Number)
  @Min(1)
  @Max(100)
  @IsInt()
  limit = 25;

  @Type(() => Number)
  @Min(0)
  @Max(MAX_INTEGER)
  @IsInt()
  offset = 0;
}

/** A part of a list. */
export interface Page<Item> {
  /** How many items there are in all that the caller may see. */
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
  readonly items: readonly Item[];
}

/** The reply to a {@link PageQuery}, of what TypeORM's `findAndCount` answers. */
export function pageOf<Item>({ limit, offset }: PageQuery, [items, total]: [Item[], number]): Page<Item> {
  return { total, limit, offset, items };
}
