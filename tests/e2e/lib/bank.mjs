// The real `warifu-bank` on a fresh SQLite file, with its pages. What staff do is done by its command line.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { run, shifted } from './programs.mjs';

export class Bank {
  #program;
  #log;
  #folder = mkdtempSync(path.join(os.tmpdir(), 'warifu-e2e-'));
  #environment;
  #process;
  #contracts = 0;
  #letters = new Map();
  #atWork = Promise.resolve();

  // `log`: the file for what it logs. `seconds`: how far its wall clock is off, which `moveClock` can change.
  constructor(program, log, seconds) {
    this.#program = program;
    this.#log = log;
    this.#environment = { ...process.env, WARIFU_DATABASE: this.#file('bank.db') };
    if (seconds !== undefined) {
      this.moveClock(seconds);
      Object.assign(this.#environment, shifted(0, this.#file('clock')));
    }
  }

  async start(options) {
    await this.staff('init');
    for (let tries = MOST_PORTS; ; tries -= 1) {
      try {
        await this.#serve(options);
        return;
      } catch (error) {
        // Between `freePort` and this, another program may have taken the port.
        if (tries === 1 || !error.message.includes('in use')) throw error;
      }
    }
  }

  moveClock(seconds) {
    writeFileSync(this.#file('clock'), `${seconds < 0 ? '' : '+'}${seconds}s\n`);
  }

  // One after the other: a command waits for the database only so long.
  staff(...args) {
    const before = this.#atWork;
    this.#atWork = (async () => {
      await before.catch(() => {});
      for (let tries = MOST_TRIES; ; tries -= 1) {
        try {
          return await run(this.#program, args, { env: this.#environment, cwd: this.#folder });
        } catch (error) {
          // The service writes, too; then nothing was done.
          if (tries === 1 || !error.message.includes('the database is busy')) throw error;
        }
      }
    })();
    return this.#atWork;
  }

  // A contract with a password and an account.
  async customer(paidIn = 1_000_000) {
    this.#contracts += 1;
    const number = String(this.#contracts);
    const customer = { contract: number.padStart(10, '0'), password: 'a long password, 長い' };
    const file = this.#file(`password-${number}`);
    writeFileSync(file, `${customer.password}\n`, { mode: 0o600 });
    await this.staff('contract', 'add', customer.contract, '--name', '見本　花子',
      '--address', 'customer@mail.example', '--password-file', file);
    const account = number.padStart(7, '0');
    await this.staff('contract', 'open-account', customer.contract, '--branch', '001', '--number', account,
      '--holder', 'ミホンハナコ', '--paid-in', String(paidIn));
    return { ...customer, account: `001-1-${account}` };
  }

  // The code of a contract's last letter. Each letter is printed once, with all that wait.
  async letter({ contract }) {
    const printed = await this.staff('contract', 'letters');
    for (const line of printed.split('\n')) {
      const [addressee, , code] = line.split('\t');
      this.#letters.set(addressee, code);
    }
    const code = this.#letters.get(contract);
    if (!code) throw new Error('no letter was printed');
    return code;
  }

  // What staff give to a customer whose token is lost.
  async resetCode({ contract }) {
    const printed = await this.staff('contract', 'reset-token', contract);
    return printed.match(/[\d -]{16,}/)[0].trim();
  }

  // The link by which any token may enrol, whose credential is nobody's until a customer registers it.
  async openLink() {
    const printed = await this.staff('activation', 'new', '--public-url', `${this.url}/token`);
    const link = printed.match(/https?:\/\/\S+/)?.[0];
    if (!link) throw new Error('no link was printed');
    return link.split('&c=')[0];
  }

  // A credential whose seed comes from elsewhere: its ID, and the URI by which a token takes it.
  async seedFromElsewhere(period) {
    const seed = base32(randomBytes(20));
    const { id } = await this.#ask('/v1/credentials', { seed, generator: { type: 'totp', period } });
    const facts = new URLSearchParams({ secret: seed, period, credential_id: id });
    return { id, uri: `otpauth://totp/sample?${facts}` };
  }

  // That a token has its seed, by a first code of it.
  async confirm(id, code) {
    const { verdict } = await this.#ask(`/v1/credentials/${id}/confirm`, { code });
    if (verdict !== 'accepted') throw new Error(`the first code: ${verdict}`);
  }

  async remove() {
    try {
      if (this.#process) await this.#end();
    } finally {
      rmSync(this.#folder, { recursive: true });
    }
  }

  // It has run until now, and ends well when it is told to.
  async #end() {
    const status = () => this.#process.signalCode ?? this.#process.exitCode;
    if (status() !== null) throw new Error(`warifu-bank serve has ended by itself: ${status()}`);
    const ended = new Promise((resolve) => { this.#process.once('exit', resolve); });
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), PATIENCE_MS);
    await ended;
    clearTimeout(timer);
    if (status() !== 0) throw new Error(`warifu-bank serve, told to end: ${status()}`);
  }

  // By the API for the bank's own programs.
  async #ask(resource, body) {
    const key = readFileSync(this.#file('warifu-bank.api-key'), 'utf8').trim();
    const answer = await fetch(`${this.url}${resource}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${resource}: ${answer.status}`);
    return answer.json();
  }

  #file(name) {
    return path.join(this.#folder, name);
  }

  // The pages count by address, and the address is the proxy's word: each visitor has one of their own.
  async #serve(options) {
    const address = `127.0.0.1:${await freePort()}`;
    const args = ['serve', '--listen', address, '--public-url', `http://${address}/token`,
      '--internet-banking', '--bank-number', '9999', '--behind-tls', '--forwarded', '--issuer', '割符信用金庫', '--enrol-per-minute', '10000', ...options];
    this.#process = spawn(this.#program, args, {
      env: this.#environment, cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stderr.pipe(createWriteStream(this.#log));
    let said = '';
    this.#process.stderr.setEncoding('utf8').on('data', (text) => { if (!this.url) said += text; });
    const lines = createInterface({ input: this.#process.stdout });
    this.url = await new Promise((resolve, reject) => {
      lines.once('line', (line) => resolve(line.replace('listening on ', '').trim()));
      this.#process.once('close', (status) => reject(new Error(`warifu-bank serve: ${status}: ${said}`)));
      this.#process.once('error', reject);
    });
  }
}

// The links that the pages show have the port in them before the bank listens there.
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// 20 bytes, which need no padding.
function base32(bytes) {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{5}/g).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('');
}

const MOST_PORTS = 3;
const MOST_TRIES = 3;
const PATIENCE_MS = 30_000;
