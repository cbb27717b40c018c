// What is refused, why, and what to do next: each page that says so.

import { equal, holds } from '../lib/report.mjs';
import { wrongCode } from '../lib/token.mjs';
import { yen } from '../lib/words.mjs';
import { identify, identity, logIn, order, register } from './steps.mjs';

// How far a clock is off: more than the bank takes, and within what a resynchronisation finds.
const OFF_SECONDS = 40;
// More than the ten steps that it keeps in mind.
const FAR_OFF_SECONDS = 100;

export function atLogin(report, place, language) {
  return report.journey(`refused at login, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    await step('nobody is let in who has not logged in', async () => {
      for (const path of ['/main', '/transfer', '/token', '/history', '/login/code']) {
        await visitor.open(path);
        await visitor.sees('login');
      }
      await visitor.open('/registration/token');
      await visitor.sees('identity');
    });
    await step('a wrong password', async () => {
      await logIn(visitor, { ...customer, password: 'not the password' });
      await visitor.isRefused('login', 'notLoggedIn', 'notLoggedInNext');
      await look('refused-login');
    });
    await step('a wrong password for a registration', async () => {
      await identify(visitor, { ...customer, password: 'not the password' });
      await visitor.isRefused('identity', 'notLoggedIn', 'notLoggedInNext');
      await look('refused-registration-identity');
    });
    await step('a pause after too many, with its end', async () => {
      for (let tries = 0; tries < MANY; tries += 1) {
        await logIn(visitor, { ...customer, password: 'not the password' });
      }
      await visitor.isRefused('login', 'tooSoon', 'until');
      await look('refused-login-paused');
    });
    await step('a form whose session is gone', async () => {
      await visitor.open('/');
      await visitor.forget();
      await visitor.fill(identity(customer));
      await visitor.press('login');
      await visitor.sees('expired', 403);
      await visitor.tells('expiredNext');
      await look('expired');
      await visitor.follow('backToLogin');
      await visitor.sees('login');
    });
    await step('who was refused elsewhere is told at the next login', async () => {
      const home = await place.visitor(language);
      await logIn(home, customer);
      await home.sees('main');
      await home.tells('failedTries');
      await home.leave();
    });
    await visitor.leave();
  });
}

export function atRegistration(report, place, language) {
  return report.journey(`refused at registration, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    await identify(visitor, customer);
    await step('what is no credential ID', async () => {
      await visitor.fill({ credentialId: '12', code: '123456' });
      await visitor.field('doNotAsk').check();
      await visitor.press('register');
      await visitor.isRefused('registration', 'field', 'credentialRule');
      await look('refused-registration-field');
    });
    await step('a wrong code', async () => {
      await visitor.fill({ credentialId: token.id, code: wrongCode(await token.code()) });
      await visitor.press('register');
      await visitor.isRefused('registration', 'notProven', 'notProvenNext');
      holds(await visitor.field('doNotAsk').isChecked(), 'what was chosen is not kept');
      await look('refused-registration');
    });
    await step('a right one after that', async () => {
      await visitor.fill({ credentialId: token.id, code: await token.code() });
      await visitor.press('register');
      await visitor.sees('registered');
    });
    await visitor.leave();
  });
}

export function ofCodes(report, place, language) {
  return report.journey(`refused codes, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer(90_000);
    const token = await place.token();
    await register(visitor, customer, token, 'ask');
    await logIn(visitor, customer);
    const code = await token.code();
    await step('a wrong code at login', async () => {
      await visitor.fill({ code: wrongCode(code) });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin', 'wrong', 'wrongNext');
      await look('refused-code-at-login');
    });
    await step('what is no code', async () => {
      await visitor.fill({ code: '12' });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin', 'noCode', 'noCodeNext');
      await look('refused-no-code');
    });
    await step('the right one, and it says that there was a wrong one', async () => {
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.sees('main');
      await visitor.tells('failedCodes');
      await look('main-after-failures', 'main');
    });
    await step('more than there is in the account', async () => {
      await order(visitor, 90_001);
      await visitor.isRefused('transfer', 'funds', 'fundsNext');
      await look('refused-funds');
    });
    await step('more than new payees get in a day', async () => {
      await order(visitor, 100_001);
      await visitor.isRefused('transfer', 'newPayeesLimit');
      await look('refused-new-payees-limit');
    });
    await step('what cannot be a bank', async () => {
      await order(visitor, 100, { payeeBank: '123' });
      await visitor.isRefused('transfer', 'field', 'bankRule');
      await look('refused-transfer-field');
    });
    let used;
    await step('a code that was used already, for a second transfer', async () => {
      await order(visitor, 100);
      used = await token.code();
      await visitor.fill({ code: used });
      await visitor.press('send');
      await visitor.sees('receipt');
      await order(visitor, 100);
      await visitor.fill({ code: used });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'replayed', 'replayedNext');
      await look('refused-used-already');
    });
    await step('wrong ones until the token pauses, with the end of the pause', async () => {
      for (let tries = 0; tries < FREE_CODES; tries += 1) {
        await visitor.fill({ code: wrongCode(used) });
        await visitor.press('send');
      }
      await visitor.fill({ code: wrongCode(used) });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'tooSoon', 'until');
      await look('refused-paused');
    });
    await visitor.leave();
  });
}

// A token that was used before, and whose clock is off since: one code of it proves nothing, two in a row do.
export function byTwoCodes(report, place, language) {
  return report.journey(`registered by two codes, ${language}`, async (step) => {
    const visitor = await place.visitor(language);
    const customer = await place.bank.customer();
    const token = await place.plainToken();
    await place.bank.confirm(token.id, await token.code());
    token.moveClock(OFF_SECONDS);
    await identify(visitor, customer);
    await step('its code is refused alone, and the next one is asked for', async () => {
      equal(await visitor.field('nextCode').count(), 0, 'fields for the next code');
      await visitor.fill({ credentialId: token.id, code: await token.code() });
      await visitor.field('ask').check();
      await visitor.press('register');
      await visitor.isRefused('registration', 'notProven', 'notProvenNext');
    });
    await step('a second one proves nothing after one that is wrong', async () => {
      const [first, second] = await token.twoCodes();
      await visitor.fill({ code: wrongCode(first), nextCode: second });
      await visitor.press('register');
      await visitor.isRefused('registration', 'notProven', 'notProvenNext');
    });
    await step('two in a row register the token', async () => {
      const [first, second] = await token.twoCodes();
      await visitor.fill({ code: first, nextCode: second });
      await visitor.press('register');
      await visitor.sees('registered');
    });
    await step('its codes are right at login', async () => {
      await logIn(visitor, customer);
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.sees('main');
    });
    await visitor.leave();
  });
}

// At a bank that locks early.
export function whenLocked(report, place, language) {
  return report.journey(`a locked token, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    await register(visitor, customer, token, 'ask');
    await logIn(visitor, customer);
    await step('wrong codes lock it, and the page says whom to ask', async () => {
      const wrong = wrongCode(await token.code());
      for (let tries = 0; tries < UNTIL_LOCKED; tries += 1) {
        await visitor.fill({ code: wrong });
        await visitor.press('confirm');
      }
      await visitor.isRefused('codeAtLogin', 'locked', 'lockedNext');
      await look('refused-locked');
    });
    await step('the right one is refused, until staff unlock it', async () => {
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin', 'locked', 'lockedNext');
      await place.bank.staff('credential', 'unlock', token.id);
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.sees('main');
    });
    await visitor.leave();
  });
}

export function outOfSync(report, place, language) {
  return report.journey(`a token whose clock is off, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.plainToken();
    await register(visitor, customer, token, 'ask');
    token.moveClock(OFF_SECONDS);
    await logIn(visitor, customer);
    await step('is told so at login', async () => {
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin', 'outOfSync', 'outOfSyncNext');
      await look('refused-out-of-sync');
      await visitor.goesTo('toResync', 'resync');
    });
    await step('is resynchronised there with two codes, which are no login', async () => {
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: first, secondCode: second });
      await visitor.press('resync');
      await visitor.sees('resynced');
      await look('resynced');
      await visitor.follow('next');
      await visitor.sees('codeAtLogin');
    });
    await step('logs in', async () => {
      await visitor.fill({ code: await token.code() });
      await visitor.press('confirm');
      await visitor.sees('main');
    });
    await visitor.leave();
  });
}

export function outOfSyncAtTransfer(report, place, language) {
  return report.journey(`a clock that is off at a transfer, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.plainToken();
    await register(visitor, customer, token, 'doNotAsk');
    token.moveClock(OFF_SECONDS);
    await logIn(visitor, customer);
    await step('is told so, and where to go', async () => {
      await order(visitor, 4000);
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'outOfSync', 'outOfSyncNext');
      await look('refused-out-of-sync-at-transfer');
      await visitor.goesTo('toResync', 'resync');
    });
    await step('two codes that are wrong bring nothing together, and the order stays', async () => {
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: wrongCode(first), secondCode: wrongCode(second) });
      await visitor.press('resync');
      await visitor.isRefused('checkTransfer', 'wrong', 'wrongNext');
      await visitor.reads({ payeeNumber: '0000077', sum: yen(language, 4000) });
    });
    await step('is resynchronised there, and goes on with the order', async () => {
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: first, secondCode: second });
      await visitor.press('resync');
      await visitor.sees('checkTransfer');
      await visitor.isTold('resynced', 'resyncedNext');
      await look('transfer-check-resynced', 'transfer-check');
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.sees('receipt');
      await visitor.reads({ payeeNumber: '0000077', sum: yen(language, 4000) });
    });
    await step('a clock that is further off than the bank follows is for the customer to set', async () => {
      token.moveClock(FAR_OFF_SECONDS);
      await order(visitor, 5000);
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'outOfSync', 'outOfSyncNext');
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: first, secondCode: second });
      await visitor.press('resync');
      await visitor.sees('checkTransfer');
      await visitor.isTold('setClock', 'goodFrom');
      await look('transfer-check-clock', 'transfer-check');
    });
    await step('and so it is in the settings', async () => {
      await visitor.open('/token');
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: first, secondCode: second });
      await visitor.press('resync', '/token/resync');
      await visitor.sees('setClock');
      await visitor.shows(visitor.say('goodFrom'));
      await look('set-clock');
    });
    await visitor.leave();
  });
}

// More than the failures that are free.
const MANY = 6;
// Wrong codes in a row until there is a wait.
const FREE_CODES = 3;
// What the place of `whenLocked` is started with.
export const UNTIL_LOCKED = 3;
