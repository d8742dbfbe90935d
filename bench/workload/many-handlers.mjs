import 'reflect-metadata';
import { Controller, Get, Param, ParseIntPipe, Post } from '@nestjs/common';

const HANDLERS_PER_CONTROLLER = 10;

/**
 * Controllers with so many handlers in all: of ten, nine are item routes.
 *
 * @param {number} handlers A multiple of 10.
 * @param {(controller: Function, policyId: string) => void} [decorate]
 * @returns {Function[]}
 */
export function makeControllers(handlers, decorate = () => undefined) {
  return Array.from({ length: handlers / HANDLERS_PER_CONTROLLER }, (_, index) => {
    const controller = { [`Kind${index}Controller`]: class {} }[`Kind${index}Controller`];
    const { prototype } = controller;
    addHandler(prototype, 'create', [Post()]);
    for (let number = 1; number < HANDLERS_PER_CONTROLLER; number += 1) {
      addHandler(prototype, `read${number}`, [Get(`part${number}/:id`)], Param('id', ParseIntPipe));
    }
    decorate(controller, `kind_${index}`);
    Controller(`kind${index}`)(controller);
    return controller;
  });
}

/** The item routes of such controllers, for contexts. */
export function itemRoutes(controllers) {
  return controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype)
      .filter((name) => name.startsWith('read'))
      .map((name) => ({ controller, handler: controller.prototype[name], path: '/part' })),
  );
}

function addHandler(prototype, name, decorators, parameter) {
  // A function of its own for each, as in an application.
  const handler = { [name]: (id) => ({ id, name }) }[name];
  const descriptor = { value: handler, writable: true, configurable: true, enumerable: false };
  Object.defineProperty(prototype, name, descriptor);
  parameter?.(prototype, name, 0);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}
