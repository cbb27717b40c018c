// usage: node main.mjs WARIFU-BANK WARIFU PICTURES [PART-OF-A-NAME]
//
// Walks through the bank's pages in a real browser, with codes of the real PC token; leaves pictures of all
// pages in the folder PICTURES. With a part of a name, only the journeys whose names have it. Status 0: all
// tests passed.

import path from 'node:path';

import { HOUR, apart, waits } from './journeys/clocks.mjs';
import { document, withoutScripts } from './journeys/document.mjs';
import { activation, letter } from './journeys/first_token.mjs';
import { keyboard } from './journeys/keyboard.mjs';
import {
  UNTIL_LOCKED, atLogin, atRegistration, byTwoCodes, ofCodes, outOfSync, whenLocked,
} from './journeys/refusals.mjs';
import { exchange, settings } from './journeys/settings.mjs';
import { Looks } from './lib/looks.mjs';
import { HASTE, Place } from './lib/place.mjs';
import { Report, together } from './lib/report.mjs';
import { writeSheet } from './lib/sheet.mjs';
import { launch } from './lib/visitor.mjs';

// Most of a journey is waiting for the next code.
const AT_ONCE = 6;
const LANGUAGES = ['ja', 'en'];

const [warifuBank, warifu, pictures, only] = process.argv.slice(2);
if (!pictures) {
  console.error('usage: node main.mjs WARIFU-BANK WARIFU PICTURES [PART-OF-A-NAME]');
  process.exit(2);
}
const programs = { warifuBank: path.resolve(warifuBank), warifu: path.resolve(warifu) };
const report = new Report(only);
const looks = new Looks(pictures);
const browser = await launch();
const means = { browser, programs, looks };
const places = {
  usual: await Place.start(means, [...HASTE, '--new-payees-after', '0']),
  strict: await Place.start(means, [...HASTE, '--no-waits', '--failures-until-locked', String(UNTIL_LOCKED)]),
  careful: await Place.start(means, [...HASTE, '--registration-by-letter']),
  ahead: await Place.start(means, ['--new-payees-after', '0'], HOUR),
  // One for each language: each moves its bank's clock.
  waiting: { ja: await Place.start(means, HASTE, 0), en: await Place.start(means, HASTE, 0) },
};
try {
  await together(LANGUAGES.flatMap((language) => [
    document(report, places.usual, language),
    ofCodes(report, places.usual, language),
    settings(report, places.usual, language),
    exchange(report, places.usual, language),
    atLogin(report, places.usual, language),
    atRegistration(report, places.usual, language),
    outOfSync(report, places.usual, language),
    byTwoCodes(report, places.usual, language),
    letter(report, places.careful, language),
    activation(report, places.usual, language, pictures),
    whenLocked(report, places.strict, language),
    waits(report, places.waiting[language], language),
    keyboard(report, places.usual, language),
    withoutScripts(report, places.usual, language),
    apart(report, places.ahead, language),
  ]), AT_ONCE);
} finally {
  await browser.close();
  const { waiting, ...others } = places;
  await Promise.all([...Object.values(others), ...Object.values(waiting)].map((place) => place.remove()));
}
writeSheet(pictures, looks.pictures);
console.log(report.total());
process.exit(report.isGood ? 0 : 1);
