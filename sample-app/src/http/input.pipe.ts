import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';

/** Checks bodies and queries. What a route doesn't know is rejected, so that a misspelled field is not lost. */
@Injectable()
export class InputPipe extends ValidationPipe {
  constructor() {
    super({ whitelist: true, forbidNonWhitelisted: true, transform: true, stopAtFirstError: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Path parameters have a pipe of their own, and this one would make 42 of `042` and 16 of `0x10` before it.
    return metadata.type === 'param' ? value : super.transform(value, metadata);
  }
}
