import { Body, Controller, Get, Put } from '@nestjs/common';
import { PolicyId } from 'nestjs-api-token';
import { ServerInfoBody } from './server-info.body.js';
import { ServerInfoService } from './server-info.service.js';

/** What the server says of itself, over HTTP. */
@PolicyId('server_info')
@Controller('server-info')
export class ServerInfoController {
  constructor(private readonly serverInfo: ServerInfoService) {}

  @Get()
  show() {
    return this.serverInfo.show();
  }

  @Put()
  update(@Body() body: ServerInfoBody) {
    return this.serverInfo.update(body);
  }
}
