// What was tried and how it went: a line for each test, and their number at the end.

import { AsyncLocalStorage } from 'node:async_hooks';

export class Report {
  #passed = 0;
  #failed = 0;
  #only;
  #open = new Set();

  // Runs the journeys whose names hold `only`.
  constructor(only = '') {
    this.#only = only;
  }

  get isGood() {
    return this.#failed === 0 && this.#passed > 0;
  }

  // A customer's way through the pages, as a function to be started. It is given `step` and `check`, which
  // run one test each. A step that fails ends the journey, since what follows stands on it; a check does not.
  journey(name, walk) {
    if (!name.includes(this.#only)) return null;
    return async () => {
      const check = (what, run) => this.#test(`${name}: ${what}`, run);
      const step = async (what, run) => {
        if (!await check(what, run)) throw new Broken();
      };
      this.#open.add(name);
      try {
        await evidence.run([], () => walk(step, check));
      } catch (error) {
        if (!(error instanceof Broken)) this.#fail(name, error);
      } finally {
        this.#open.delete(name);
      }
    };
  }

  // A test that belongs to no journey.
  async check(name, run) {
    await this.#test(name, run);
  }

  // The journeys that are not at their ends have failed.
  stop(why) {
    for (const name of this.#open) this.#fail(name, `not at its end: ${why}`);
  }

  total() {
    return `${this.#passed} passed, ${this.#failed} failed`;
  }

  async #test(name, run) {
    try {
      await run();
    } catch (error) {
      this.#fail(name, error);
      for (const leave of evidence.getStore() ?? []) await leave(name);
      return false;
    }
    this.#passed += 1;
    console.log(`ok  ${name}`);
    return true;
  }

  #fail(name, error) {
    this.#failed += 1;
    const [what, ...where] = (error.stack ?? String(error)).split('\n');
    const ours = where.filter((line) => !line.includes('/report.mjs')).slice(0, MOST_LINES);
    console.log([`FAILED  ${name}: ${what}`, ...ours].join('\n'));
  }
}

// Has a test that fails from here on in this journey call `leave` with its name, for what is to be looked at.
export function ifItFails(leave) {
  evidence.getStore()?.push(leave);
}

const evidence = new AsyncLocalStorage();

// A step has failed and was told.
class Broken extends Error {}

// Runs all, so many at once.
export async function together(tasks, atOnce) {
  const waiting = tasks.filter(Boolean);
  const worker = async () => {
    for (let task = waiting.shift(); task; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

export function equal(found, wanted, what) {
  const [left, right] = [found, wanted].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${what}: ${left}, and not ${right}`);
}

export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

const MOST_LINES = 16;
