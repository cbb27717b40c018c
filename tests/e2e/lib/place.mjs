// A bank, and how customers come to it: with tokens, and with browsers in one language.

import { Bank } from './bank.mjs';
import { ifItFails } from './report.mjs';
import { Token } from './token.mjs';
import { Visitor } from './visitor.mjs';

// A code that is new every five seconds, so that nobody waits for half a minute, and good for twenty more, since
// a busy machine may take long to type it.
const PERIOD = 5;
export const HASTE = ['--period', String(PERIOD), '--window', '4'];

export class Place {
  #browser;
  #programs;
  #looks;
  #tokens = [];

  // `log` is the file for what the bank logs; `seconds` is how far its clock is off.
  constructor({ browser, programs, looks }, log, seconds) {
    this.#browser = browser;
    this.#programs = programs;
    this.#looks = looks;
    this.bank = new Bank(programs.warifuBank, log, seconds);
  }

  // Starts the bank with more options of `warifu-bank serve`.
  start(options) {
    return this.bank.start(options);
  }

  // A token that has enrolled, by a link or by the picture `from`; `environment` is what its program finds
  // there, such as another clock.
  async token({ from, environment } = {}) {
    const token = this.#newToken(environment);
    await token.enrol(from ?? await this.bank.openLink());
    return token;
  }

  // A token with a seed that the bank got from elsewhere, and that no service tells the time.
  async plainToken() {
    const token = this.#newToken();
    await token.add(await this.bank.seedFromElsewhere(PERIOD));
    return token;
  }

  async visitor(language, options) {
    const visitor = await Visitor.arrive(this.#browser, this.bank, language, options);
    ifItFails((name) => this.#looks.keep(visitor, name));
    return visitor;
  }

  // Looks at the page that a visitor is on, as a test of its own; `kind` names the page where it is another
  // state of one that is looked at elsewhere.
  looking(check, visitor) {
    return (name, kind = name) => check(`looks at ${name}`, () => this.#looks.at(visitor, name, kind));
  }

  // Fails where the bank did not run until now, or does not end when told to.
  async remove() {
    try {
      await this.bank.remove();
    } finally {
      this.#tokens.forEach((token) => token.remove());
    }
  }

  #newToken(environment) {
    const token = new Token(this.#programs.warifu, environment);
    this.#tokens.push(token);
    return token;
  }
}
