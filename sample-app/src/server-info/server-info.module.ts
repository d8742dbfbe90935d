import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ServerInfoController } from './server-info.controller.js';
import { ServerInfoEntity } from './server-info.entity.js';
import { ServerInfoService } from './server-info.service.js';

/** What the server says of itself. */
@Module({
  imports: [TypeOrmModule.forFeature([ServerInfoEntity])],
  controllers: [ServerInfoController],
  providers: [ServerInfoService],
})
export class ServerInfoModule {}
