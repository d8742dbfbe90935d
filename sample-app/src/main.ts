import { createApplication } from './create-application.js';
import { Announcement } from './demonstration/announcement.js';
import { readSettings } from './settings.js';
import { startFailure } from './start-failure.js';

try {
  const settings = readSettings(process.env);
  const app = await createApplication(settings, { logger: ['warn', 'error', 'fatal'] });
  app.enableShutdownHooks();
  // The passwords of the seeded people are public, so that other machines must not reach this server.
  await app.listen(settings.port, '127.0.0.1');
  console.log(await app.get(Announcement).text(await app.getUrl()));
} catch (error) {
  console.error(startFailure(error));
  process.exit(1);
}
