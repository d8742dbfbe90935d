/** Applications that serve nobody but the soak: requests go straight to their guards. */
import 'reflect-metadata';
import { Controller, Get, Module, Param, ParseIntPipe, Scope } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';

// Another build can be soaked, to see that it fails.
const {
  ApiTokenModule,
  ApiTokenPolicyGuard,
  ApiTokenRepository,
  ApiTokenService,
  DefaultTokenGenerator,
  InMemoryApiTokenStore,
  PolicyId,
} = await import(process.env.SOAK_PACKAGE ?? 'nestjs-api-token');

export { ApiTokenRepository, ApiTokenService, InMemoryApiTokenStore };

const generator = new DefaultTokenGenerator({ prefix: 'acme' });

/** A secret that looks as if it were real. */
export const forge = () => generator.generate();

/** Applies decorators as TypeScript would. */
function projectController(scope) {
  class ProjectController {
    constructor() {
      if (scope === Scope.REQUEST) this.find = this.find.bind(this);
    }

    find(id) {
      return { id };
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(ProjectController.prototype, 'find');
  Get(':id')(ProjectController.prototype, 'find', descriptor);
  Param('id', ParseIntPipe)(ProjectController.prototype, 'find', 0);
  PolicyId('project')(ProjectController);
  Controller({ path: 'projects', scope })(ProjectController);
  return ProjectController;
}

/** Starts an application; `scope` is that of its controller. */
export async function start(options, scope = Scope.DEFAULT) {
  const controller = projectController(scope);
  class RootModule {}
  Module({
    imports: [ApiTokenModule.forRoot({ token: { prefix: 'acme' }, ...options })],
    controllers: [controller],
    providers: [{ provide: APP_GUARD, useExisting: ApiTokenPolicyGuard }],
  })(RootModule);
  const app = await NestFactory.create(RootModule, { logger: false });
  await app.init();
  const guard = app.get(ApiTokenPolicyGuard);
  return {
    app,
    /** The status that a request with this secret would get. */
    async request(secret, handler = controller.prototype.find) {
      const headers = { authorization: `Bearer ${secret}` };
      const rawHeaders = ['Authorization', headers.authorization];
      const request = { headers, rawHeaders, method: 'GET', params: { id: '7' } };
      const response = { header: () => response, setHeader: () => response, getHeader: () => undefined };
      const context = {
        getType: () => 'http',
        getClass: () => controller,
        getHandler: () => handler,
        getArgByIndex: (index) => [request, response][index],
        getArgs: () => [request, response],
        switchToHttp: () => ({ getRequest: () => request, getResponse: () => response }),
      };
      try {
        return (await guard.canActivate(context)) === true ? 200 : 500;
      } catch (error) {
        return error.getStatus();
      }
    },
  };
}
