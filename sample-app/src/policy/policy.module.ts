import { Module } from '@nestjs/common';
import { ReadableItems } from './readable-items.js';

/** What the lists need of the policies of tokens. */
@Module({ providers: [ReadableItems], exports: [ReadableItems] })
export class PolicyModule {}
