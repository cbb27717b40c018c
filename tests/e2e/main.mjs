// usage: node main.mjs WARIFU-BANK WARIFU RESULTS [PART-OF-A-NAME]
//
// Walks through the bank's pages in a real browser, with codes of the real PC token; leaves pictures of all
// pages in RESULTS/pictures, where a test fails one of where it stood, and the banks' logs in RESULTS/logs. With
// a part of a name, only the journeys whose names have it. Status 0: all tests passed.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { HOUR, apart, waits } from './journeys/clocks.mjs';
import { document, withoutScripts } from './journeys/document.mjs';
import { closed, transfers, withToken, withoutToken } from './journeys/elsewhere.mjs';
import { activation, letter } from './journeys/first_token.mjs';
import { keyboard } from './journeys/keyboard.mjs';
import {
  UNTIL_LOCKED, atLogin, atRegistration, byTwoCodes, ofCodes, outOfSync, outOfSyncAtTransfer,
  whenLocked,
} from './journeys/refusals.mjs';
import { exchange, settings } from './journeys/settings.mjs';
import { Looks } from './lib/looks.mjs';
import { HASTE, Place } from './lib/place.mjs';
import { Report, together } from './lib/report.mjs';
import { writeSheet } from './lib/sheet.mjs';
import { launch } from './lib/visitor.mjs';

// Most of a journey is waiting for the next code.
const AT_ONCE = 6;
// On a machine that has other work, too.
const TIME_MS = 15 * 60_000;
const LANGUAGES = ['ja', 'en'];

const [warifuBank, warifu, results, only] = process.argv.slice(2);
if (!results) {
  console.error('usage: node main.mjs WARIFU-BANK WARIFU RESULTS [PART-OF-A-NAME]');
  process.exit(2);
}
const programs = { warifuBank: path.resolve(warifuBank), warifu: path.resolve(warifu) };
const report = new Report(only);
const [pictures, logs] = ['pictures', 'logs'].map((name) => path.join(results, name));
mkdirSync(logs, { recursive: true });
const looks = new Looks(pictures);
const browser = await launch();
const means = { browser, programs, looks };
// What is to be removed, also where not all could be started.
const places = new Map();

async function place(name, options, seconds) {
  const started = new Place(means, path.join(logs, `${name}.log`), seconds);
  places.set(name, started);
  await started.start(options);
  return started;
}

async function walkAll() {
  const usual = await place('usual', [...HASTE, '--new-payees-after', '0']);
  const strict = await place('strict', [...HASTE, '--no-waits', '--failures-until-locked', String(UNTIL_LOCKED)]);
  const careful = await place('careful', [...HASTE, '--registration-by-letter']);
  const counter = await place('counter', [...HASTE, '--closed']);
  const ahead = await place('ahead', ['--new-payees-after', '0'], HOUR);
  // One for each language: each moves its bank's clock.
  const waiting = { ja: await place('waiting-ja', HASTE, 0), en: await place('waiting-en', HASTE, 0) };
  await together(LANGUAGES.flatMap((language) => [
    document(report, usual, language),
    ofCodes(report, usual, language),
    settings(report, usual, language),
    exchange(report, usual, language),
    atLogin(report, usual, language),
    atRegistration(report, usual, language),
    outOfSync(report, usual, language),
    outOfSyncAtTransfer(report, usual, language),
    byTwoCodes(report, usual, language),
    transfers(report, usual, language),
    withToken(report, usual, language),
    withoutToken(report, usual, language),
    closed(report, counter, language),
    letter(report, careful, language),
    activation(report, usual, language, pictures),
    whenLocked(report, strict, language),
    waits(report, waiting[language], language),
    keyboard(report, usual, language),
    withoutScripts(report, usual, language),
    apart(report, ahead, language),
  ]), AT_ONCE);
}

// Ends the stage, however far it has come. Nothing that was started stays.
let ending;
function end() {
  ending ??= endAll();
  return ending;
}

async function endAll() {
  await browser.close();
  for (const [name, one] of places) {
    await report.check(`the bank “${name}” ran to the end`, () => one.remove());
  }
  writeSheet(pictures, looks.pictures);
  console.log(report.total());
  process.exit(report.isGood ? 0 : 1);
}

function stop(why) {
  report.stop(why);
  end();
}

const timer = setTimeout(() => stop('the time is up'), TIME_MS);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop(signal));
await report.check('all journeys were walked', walkAll);
clearTimeout(timer);
await end();
