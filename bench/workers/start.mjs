/**
 * Starts one part of the bench in a process of its own: imports it by name and sends what its `measure` answers. A part
 * with an `answer` lives on and is asked until it is told to stop.
 */
const [name, options] = process.argv.slice(2);
const part = await import(`./${name}.mjs`);

process.on('message', async (question) => {
  if (question.stop) {
    await part.close?.();
    process.disconnect();
    // A part may leave timers and sockets behind.
    process.exit();
  }
  process.send(await part.answer(question));
});
process.send((await part.measure(JSON.parse(options))) ?? {});
