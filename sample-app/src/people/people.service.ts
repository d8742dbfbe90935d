import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { BasicCredentials } from './basic-credentials.js';
import { hashPassword, isPassword } from './password.js';
import { PersonEntity } from './person.entity.js';
import type { Person } from './person.js';

/** Knows the people who use the server. */
@Injectable()
export class PeopleService {
  /** Compared with where nobody has the name, so that the time of the answer doesn't tell which names there are. */
  readonly #decoyHash = hashPassword(randomUUID());

  constructor(@InjectRepository(PersonEntity) private readonly rows: Repository<PersonEntity>) {}

  /** The person with this name and password, or null. */
  async logIn({ name, password }: BasicCredentials): Promise<Person | null> {
    const row = await this.rows.findOneBy({ name });
    const isRight = await isPassword(password, row?.passwordHash ?? (await this.#decoyHash));
    return row !== null && isRight ? toPerson(row) : null;
  }

  /** The person with this ID, or null. */
  async find(id: number): Promise<Person | null> {
    const row = await this.rows.findOneBy({ id });
    return row && toPerson(row);
  }

  /** The person with this name, or null. */
  async findByName(name: string): Promise<Person | null> {
    const row = await this.rows.findOneBy({ name });
    return row && toPerson(row);
  }
}

function toPerson({ id, name }: PersonEntity): Person {
  return { id, name };
}
