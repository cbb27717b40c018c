// Other programs, and a wall clock of their own for them.

import { spawn } from 'node:child_process';
import { readdirSync, existsSync } from 'node:fs';
import path from 'node:path';

// What a program prints. One that fails is an error, with what it said and without what it was told.
export function run(program, args, { input = '', env = process.env, cwd } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => { said[stream] += text; });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve(said.stdout);
      else reject(new Error(`${path.basename(program)} ${command(args)}: ${signal ?? status}: ${said.stderr}`));
    });
    // A program that has ended does not read what it is told.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

// What a program was to do: the first argument that is neither an option nor the number of one.
function command(args) {
  return args.find((argument) => !/^(-.*|\d+)$/.test(argument)) ?? '';
}

// Moves the wall clock of a process by so many seconds, and no other clock of it. With a `file` the number is
// read from there each time, so that it can be changed while the process runs.
export function shifted(seconds, file) {
  const library = readdirSync('/usr/lib')
    .map((folder) => `/usr/lib/${folder}/faketime/libfaketime.so.1`)
    .find(existsSync);
  if (!library) throw new Error('libfaketime is missing: apt-get install faketime');
  const moved = { LD_PRELOAD: library, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
  if (file) return { ...moved, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1' };
  return { ...moved, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}s` };
}

export const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const PATIENCE_MS = 120_000;
