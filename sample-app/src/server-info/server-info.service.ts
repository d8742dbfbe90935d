import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import type { ServerInfoBody } from './server-info.body.js';
import { SERVER_INFO_ID, ServerInfoEntity } from './server-info.entity.js';

/** Keeps what the server says of itself. */
@Injectable()
export class ServerInfoService {
  constructor(@InjectRepository(ServerInfoEntity) private readonly rows: Repository<ServerInfoEntity>) {}

  /** The document. */
  async show(): Promise<ServerInfoBody> {
    const { name, description } = await this.rows.findOneByOrFail({ id: SERVER_INFO_ID });
    return { name, description };
  }

  /** Replaces the document. */
  async update(body: ServerInfoBody): Promise<ServerInfoBody> {
    await this.rows.update({ id: SERVER_INFO_ID }, { ...body });
    return this.show();
  }
}
