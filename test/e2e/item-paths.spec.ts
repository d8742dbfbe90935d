import { describe, expect, it } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  type ModuleMetadata,
  Module,
  Param,
  Post,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { PolicyId, type TokenPolicy } from 'nestjs-api-token';
import { bearer, createApplication, startApplication } from '../support/application.js';
import { withControllers } from '../support/controllers.js';
import { issueSecret } from '../support/review-server.js';

const blocksOf = (policyId: string, ...ids: string[]): TokenPolicy => ({
  resources: { [policyId]: Object.fromEntries(ids.map((id) => [id, { block: ['*'] }])) },
});

@PolicyId('note')
@Controller('users/:id/notes')
class NestedNotesController {
  @Get()
  list() {
    return {};
  }

  @Post()
  create() {
    return {};
  }
}

@PolicyId('task')
@Controller('projects/:id/tasks')
class NestedTasksController {
  @Get(':taskId')
  find(@Param('taskId') id: string) {
    return { id };
  }
}

@PolicyId('task', { param: 'taskId' })
@Controller('projects/:id/tasks')
class WrittenTasksController {
  @Get(':taskId')
  find(@Param('taskId') id: string) {
    return { id };
  }

  @PolicyId('task', { param: null })
  @Get()
  list() {
    return {};
  }
}

@PolicyId('note')
@Controller('notes')
class NoteController {
  @Get()
  list() {
    return {};
  }

  @Get(':id')
  find(@Param('id') id: string) {
    return { id };
  }
}

@PolicyId('document', { param: 'documentId' })
@Controller('documents')
class DocumentController {
  @Get()
  list() {
    return {};
  }

  @Get(':documentId')
  find(@Param('documentId') id: string) {
    return { id };
  }

  @Get(':documentId/versions/:id')
  version(@Param('documentId') id: string) {
    return { id };
  }
}

@PolicyId('project', { param: 'id' })
@Controller('projects')
class ArchiveController {
  @Get()
  list() {
    return {};
  }

  @Delete(':id/archive')
  archive(@Param('id') id: string) {
    return { id };
  }
}

function nested(controller: Type, prefix: string): ModuleMetadata {
  @Module({ controllers: [controller] })
  class NestedModule {}
  const metadata = withControllers([]);
  return {
    ...metadata,
    imports: [
      ...metadata.imports!,
      NestedModule,
      RouterModule.register([{ path: prefix, module: NestedModule }]),
    ],
  };
}

describe('which item a path names', () => {
  async function started(
    metadata: ModuleMetadata,
    policy: TokenPolicy | 'full-access',
    configure?: (app: INestApplication) => void,
  ) {
    const server = await startApplication('Express', metadata, configure);
    const secret = await issueSecret(server, policy);
    return async (method: string, path: string) => (await server.send(method, path, bearer(secret))).status;
  }

  it.each<[string, Type, string]>([
    ['a list of what belongs to an item', NestedNotesController, "{ param: 'id' }"],
    ['an item of what belongs to an item', NestedTasksController, "{ param: 'taskId' }"],
  ])(
    'RI01 the start stops at %s where nobody says which parameter names the item',
    async (_, controller, hint) => {
      const app = await createApplication('Express', withControllers([controller]));
      await expect(app.init()).rejects.toMatchObject({
        code: 'API_TOKEN_AUDIT',
        message: expect.stringContaining(hint),
      });
      const open = await started(withControllers([controller], { audit: 'warn' }), 'full-access');
      expect([403, 404]).toContain(await open('GET', '/users/5/notes'));
      expect([403, 404]).toContain(await open('GET', '/projects/5/tasks/1'));
    },
  );

  it('RI01 what is written on the class names the item, not what it belongs to', async () => {
    const status = await started(withControllers([WrittenTasksController]), blocksOf('task', '7'));
    expect(await status('GET', '/projects/1/tasks/7')).toBe(403);
    expect(await status('GET', '/projects/7/tasks/1')).toBe(200);
    expect(await status('GET', '/projects/7/tasks')).toBe(200);
  });

  it('RI01 a prefix of the RouterModule names no item', async () => {
    const alone = { resources: { note: { '*': { block: ['*'] }, '5': { allow: ['*'] } } } } as TokenPolicy;
    const status = await started(nested(NoteController, 'users/:userId'), alone);
    expect(await status('GET', '/users/5/notes')).toBe(403);
    expect(await status('GET', '/users/5/notes/6')).toBe(403);
    expect(await status('GET', '/users/6/notes/5')).toBe(200);
  });

  it('RI01 nor where it is called "id"', async () => {
    @PolicyId('note')
    @Controller('notes')
    class ListController {
      @Get()
      list() {
        return {};
      }

      @Post()
      create() {
        return {};
      }
    }
    const alone = { resources: { note: { '*': { block: ['*'] }, '5': { allow: ['*'] } } } } as TokenPolicy;
    const status = await started(nested(ListController, 'users/:id'), alone);
    expect(await status('GET', '/users/5/notes')).toBe(403);
    expect(await status('POST', '/users/5/notes')).toBe(403);
  });

  it('RI01 nor does a prefix of the application', async () => {
    const alone = { resources: { note: { '*': { block: ['*'] }, '5': { allow: ['*'] } } } } as TokenPolicy;
    const status = await started(withControllers([NoteController]), alone, (app) =>
      app.setGlobalPrefix('of/:tenant'),
    );
    expect(await status('GET', '/of/5/notes')).toBe(403);
    expect(await status('GET', '/of/1/notes/5')).toBe(200);
  });

  it('RI01 a parameter that the prefix names too stops the start: only one of them is read', async () => {
    const app = await createApplication('Express', nested(NoteController, 'users/:id'));
    await expect(app.init()).rejects.toMatchObject({
      message: expect.stringContaining('two parameters "id"'),
    });
  });

  it('RI02 a route without parameters is about the collection, whatever the class names', async () => {
    const status = await started(withControllers([DocumentController]), blocksOf('document', '7'));
    expect(await status('GET', '/documents')).toBe(200);
    expect(await status('GET', '/documents/7')).toBe(403);
    expect(await status('GET', '/documents/7/versions/1')).toBe(403);
    expect(await status('GET', '/documents/1/versions/7')).toBe(200);
    const closed = await started(withControllers([DocumentController]), blocksOf('document', '*'));
    expect(await closed('GET', '/documents')).toBe(403);
  });

  it('RI02 what the class names answers for what is below an item too', async () => {
    const status = await started(withControllers([ArchiveController]), blocksOf('project', '7'));
    expect(await status('DELETE', '/projects/7/archive')).toBe(403);
    expect(await status('DELETE', '/projects/8/archive')).toBe(200);
    expect(await status('GET', '/projects')).toBe(200);
  });
});
