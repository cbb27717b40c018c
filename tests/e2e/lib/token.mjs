// The real PC token, `warifu`, on a vault of its own. Codes are what it shows: no test knows a seed.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { run, shifted, sleep } from './programs.mjs';

export class Token {
  #program;
  #folder = mkdtempSync(path.join(os.tmpdir(), 'warifu-e2e-token-'));
  #environment;
  // Until when the last code that was given out is valid, in milliseconds since 1970.
  #last = 0;

  constructor(program, environment = {}) {
    this.#program = program;
    this.#environment = {
      LANG: 'en_US.UTF-8', WARIFU_VAULT: path.join(this.#folder, 'token.warifu'), ...environment,
    };
  }

  // Takes a link or a picture of one; gives the credential's ID, as the token shows it.
  async enrol(source) {
    this.id = (await this.#run('enrol', source)).credential_id;
    return this.id;
  }

  // Takes an `otpauth` URI with the credential's ID in it; by standard input, since it has a seed.
  async add({ uri, id }) {
    await this.#start(['add', '-'], uri);
    this.id = id;
  }

  // Moves the wall clock of this token by so many seconds.
  moveClock(seconds) {
    Object.assign(this.#environment, shifted(seconds));
  }

  // The code on the screen; the next one where that was given out already, which the bank takes early.
  // Waits as long as the token says that a code lasts. Codes are spent in their order.
  async code() {
    const patience = Date.now() + PATIENCE_MS;
    while (Date.now() < patience) {
      const shown = await this.#run('code', this.id);
      if (this.#isLater(shown)) return this.#give(shown);
      const next = await this.#run('code', this.id, '--next');
      if (this.#isLater(next)) return this.#give(next);
      await sleep(shown.seconds_left * 1000);
    }
    throw new Error('the token shows no code that is new');
  }

  // Two codes, one right after the other. On a slow machine the step may turn while the second is made; what was
  // shown then is kept, and the next try may show its neighbour.
  async twoCodes() {
    const patience = Date.now() + PATIENCE_MS;
    let kept = [];
    while (Date.now() < patience) {
      const shown = [await this.#run('code', this.id), await this.#run('code', this.id, '--next')];
      const later = [...kept, ...shown].filter((code) => this.#isLater(code));
      for (const first of later) {
        const second = later.find((code) => code.valid_from === first.valid_until);
        if (second) return [this.#give(first), this.#give(second)];
      }
      kept = shown;
      await sleep(shown[0].seconds_left * 1000);
    }
    throw new Error('the token shows no two codes in a row');
  }

  clock(...args) {
    return this.#run('clock', ...args);
  }

  remove() {
    rmSync(this.#folder, { recursive: true });
  }

  #isLater(shown) {
    return Date.parse(shown.valid_until) > this.#last;
  }

  #give(shown) {
    this.#last = Date.parse(shown.valid_until);
    return shown.code;
  }

  async #run(...args) {
    return JSON.parse(await this.#start([...args, '--json']));
  }

  #start(args, rest = '') {
    const options = ['--passphrase-fd', '0', '--new-passphrase-fd', '0'];
    const input = `correct horse battery\n${rest}`;
    return run(this.#program, [...options, ...args], { input, env: this.#environment });
  }
}

// A code that has another digit at each place: it is none that the token shows now or soon, but by chance.
export function wrongCode(code) {
  return [...code].map((digit) => (Number(digit) + 5) % 10).join('');
}

const PATIENCE_MS = 120_000;
