import { canonicalResourceId, MAX_POLICY_ITEMS, type PolicyFilter } from 'nestjs-api-token';
import { type FindOperator, In, Not } from 'typeorm';
import { fitsIntegerColumn } from '../database/integer-column.js';

/** A condition on an integer primary key, to be spread into a `where` of TypeORM. */
export interface ItemCondition {
  readonly id?: FindOperator<number>;
}

const NO_ITEM: ItemCondition = { id: In([]) };

/** The condition that lets the same items through as the filter of a policy. */
export function itemCondition(filter: PolicyFilter): ItemCondition {
  if (filter.mode === 'all') return {};
  if (filter.mode === 'none') return NO_ITEM;
  const ids = integerIds(filter.ids);
  // Each ID is a parameter of the query, of which databases take only so many. No token is issued with more than these.
  if (ids.length > MAX_POLICY_ITEMS) return NO_ITEM;
  if (filter.mode === 'only') return { id: In(ids) };
  return ids.length === 0 ? {} : { id: Not(In(ids)) };
}

/** The IDs that an item can have: a stored policy may name others, which are no numbers for the database. */
function integerIds(ids: ReadonlySet<string>): number[] {
  return [...ids]
    .filter((id) => canonicalResourceId('int', id) === id)
    .map(Number)
    .filter(fitsIntegerColumn);
}
