/** One process of the run: times everything once, and sends the timings to the process that started it. */
import { raceDecisions } from './decisions.mjs';
import { raceGuards } from './guard.mjs';

const SIZES = [
  { resources: 5, items: 5 },
  { resources: 200, items: 500 },
];

const plan = JSON.parse(process.argv[2]);
const decisions = [];
for (const size of SIZES) decisions.push(await raceDecisions(size, plan));
process.send({ decisions, guards: await raceGuards(plan) });
