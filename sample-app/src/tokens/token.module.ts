import { Module } from '@nestjs/common';
import { TokenController } from './token.controller.js';

/** The tokens that people issue themselves. */
@Module({ controllers: [TokenController] })
export class TokenModule {}
