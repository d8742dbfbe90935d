import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { ApiToken } from 'nestjs-api-token';
import type { Repository } from 'typeorm';
import { isForeignKeyViolation, isUniqueViolation } from '../database/constraint-violations.js';
import { type Page, pageOf, type PageQuery } from '../http/page.js';
import { ReadableItems } from '../policy/readable-items.js';
import type { RepositoryBody } from './repository.body.js';
import { RepositoryEntity } from './repository.entity.js';

/** Keeps the repositories. */
@Injectable()
export class RepositoryService {
  constructor(
    @InjectRepository(RepositoryEntity) private readonly rows: Repository<RepositoryEntity>,
    private readonly readable: ReadableItems,
  ) {}

  /** The repositories that the token may read. */
  async list(page: PageQuery, token: ApiToken | undefined): Promise<Page<RepositoryEntity>> {
    const where = this.readable.condition(token, 'repository');
    const { limit: take, offset: skip } = page;
    return pageOf(page, await this.rows.findAndCount({ where, order: { id: 'ASC' }, take, skip }));
  }

  /** One repository. */
  async find(id: number): Promise<RepositoryEntity> {
    const repository = await this.rows.findOneBy({ id });
    if (repository === null) throw new NotFoundException(`There is no repository ${id}`);
    return repository;
  }

  /** A new repository. */
  async create(body: RepositoryBody): Promise<RepositoryEntity> {
    const repository = this.rows.create({ ...body });
    await this.rows.insert(repository).catch((error: unknown) => nameTaken(error, body));
    return repository;
  }

  /** Replaces a repository's fields. */
  async update(id: number, body: RepositoryBody): Promise<RepositoryEntity> {
    await this.rows.update({ id }, { ...body }).catch((error: unknown) => nameTaken(error, body));
    return this.find(id);
  }

  /** Deletes a repository that has no review requests. */
  async remove(id: number): Promise<void> {
    await this.find(id);
    await this.rows.delete({ id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictException(`Repository ${id} has review requests: delete those first`);
    });
  }
}

function nameTaken(error: unknown, { name }: RepositoryBody): never {
  if (!isUniqueViolation(error)) throw error;
  throw new ConflictException(`name ${JSON.stringify(name)} is taken by another repository: choose another`);
}
