import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  type INestApplication,
  Param,
  Post,
  type Type,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import { FileInterceptor } from '@nestjs/platform-express';
import { PolicyId } from 'nestjs-api-token';
import { Readable } from 'node:stream';
import { type Platform, PLATFORMS, startApplication } from '../support/application.js';
import { calls, issueSecret, reviewServer } from '../support/review-server.js';
import { rawRequest, sendRaw } from '../support/send-raw.js';

const BOUNDARY = 'x-boundary';

/** A form that also claims to be about another item. */
const FORM = [
  `--${BOUNDARY}`,
  'Content-Disposition: form-data; name="id"',
  '',
  '7',
  `--${BOUNDARY}`,
  'Content-Disposition: form-data; name="file"; filename="cat.txt"',
  'Content-Type: text/plain',
  '',
  'meow',
  `--${BOUNDARY}--`,
  '',
].join('\r\n');

/** Storage of multer that tells when it is given a file. */
const RECORDING_STORAGE = {
  _handleFile(_request: unknown, file: { stream: Readable }, done: (error: null, info: object) => void) {
    calls.push('stored');
    file.stream.on('end', () => done(null, {})).resume();
  },
  _removeFile(_request: unknown, _file: unknown, done: (error: null) => void) {
    done(null);
  },
};

@PolicyId('upload')
@Controller('uploads')
class MulterController {
  @UseInterceptors(FileInterceptor('file', { storage: RECORDING_STORAGE }))
  @Post(':id')
  upload(@Param('id') id: string, @UploadedFile() file: unknown) {
    calls.push(`uploaded ${id} ${typeof file}`);
  }
}

@PolicyId('upload')
@Controller('uploads')
class UploadController {
  @Post(':id')
  upload(@Param('id') id: string) {
    calls.push(`uploaded ${id} object`);
  }
}

const CONTROLLERS: Record<Platform, Type> = { Express: MulterController, Fastify: UploadController };

/** Fastify takes no forms by itself. */
function takeForms(platform: Platform) {
  return (app: INestApplication): void => {
    if (platform === 'Express') return;
    const fastify = app.getHttpAdapter().getInstance() as {
      addContentTypeParser(
        type: string,
        options: { parseAs: 'buffer' },
        parser: (request: unknown, body: Buffer) => Promise<Buffer>,
      ): void;
    };
    fastify.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer' },
      async (_request, body) => body,
    );
  };
}

describe.each(PLATFORMS)('M19 multipart on %s', (platform) => {
  it('a denied upload is 403 before an interceptor or the handler sees it', async () => {
    const metadata = { ...reviewServer(), controllers: [CONTROLLERS[platform]] };
    const server = await startApplication(platform, metadata, takeForms(platform));
    const secret = await issueSecret(server, {
      resources: { upload: { '*': { block: ['*'] }, '7': { allow: ['POST'] } } },
    });
    const upload = (id: string, headers: string[], form = FORM) =>
      sendRaw(
        server.port,
        rawRequest(
          `POST /uploads/${id} HTTP/1.1`,
          [
            `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
            `Content-Length: ${Buffer.byteLength(form)}`,
            ...headers,
          ],
          form,
        ),
      );
    const authorization = [`Authorization: Bearer ${secret}`];
    expect(await upload('42', authorization)).toMatch(/^HTTP\/1\.1 403 /);
    expect(await upload('42', [])).toMatch(/^HTTP\/1\.1 401 /);
    // The guard decides before the form is found to be broken.
    expect(await upload('42', authorization, 'no form')).toMatch(/^HTTP\/1\.1 403 /);
    expect(calls).toEqual([]);
    expect(await upload('7', authorization)).toMatch(/^HTTP\/1\.1 201 /);
    expect(calls).toEqual([...(platform === 'Express' ? ['stored'] : []), 'uploaded 7 object']);
  });
});
