import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiTokenModule, ApiTokenPolicyGuard } from 'nestjs-api-token';
import { TypeOrmApiTokenStore } from 'nestjs-api-token/typeorm';
import { dataSourceOptions } from './database/data-source-options.js';
import { DemonstrationModule } from './demonstration/demonstration.module.js';
import { LoginGuard } from './people/login.guard.js';
import { PeopleModule } from './people/people.module.js';
import { SameSiteGuard } from './people/same-site.guard.js';
import { TokenOwners } from './people/token-owners.js';
import { RepositoryModule } from './repositories/repository.module.js';
import { ReviewRequestModule } from './review-requests/review-request.module.js';
import { ReviewModule } from './reviews/review.module.js';
import { ServerInfoModule } from './server-info/server-info.module.js';
import type { Settings } from './settings.js';
import { TokenModule } from './tokens/token.module.js';

/** The whole server. */
@Module({})
export class ApplicationModule {
  static forRoot(settings: Settings): DynamicModule {
    return {
      module: ApplicationModule,
      imports: [
        TypeOrmModule.forRoot({ ...dataSourceOptions(settings), retryAttempts: 3, retryDelay: 1_000 }),
        ApiTokenModule.forRoot({
          repository: TypeOrmApiTokenStore,
          token: { prefix: 'crs' },
          requests: { credentials: 'optional' },
          errors: { explainDenials: true },
          imports: [PeopleModule],
          ownerProvider: TokenOwners,
        }),
        PeopleModule,
        ServerInfoModule,
        RepositoryModule,
        ReviewRequestModule,
        ReviewModule,
        TokenModule,
        DemonstrationModule,
      ],
      providers: [
        // In this order: the others admit the requests that the first one found a token on.
        { provide: APP_GUARD, useExisting: ApiTokenPolicyGuard },
        { provide: APP_GUARD, useClass: LoginGuard },
        { provide: APP_GUARD, useClass: SameSiteGuard },
      ],
    };
  }
}
