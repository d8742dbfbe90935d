import { Injectable } from '@nestjs/common';
import { ApiTokenOwnerProvider } from 'nestjs-api-token';
import { PeopleService } from './people.service.js';
import type { Person } from './person.js';

/** Puts the owner of a token on `request.user`. */
@Injectable()
export class TokenOwners extends ApiTokenOwnerProvider {
  constructor(private readonly people: PeopleService) {
    super();
  }

  override load(ownerId: string): Promise<Person | null> {
    return this.people.find(Number(ownerId));
  }
}
