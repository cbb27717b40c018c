// What a customer does with a token that is registered: settings, exchange, release, suspension.

import { equal } from '../lib/report.mjs';
import { wrongCode } from '../lib/token.mjs';
import { fullWidth, identify, identity, logIn, order, register } from './steps.mjs';

export function settings(report, place, language) {
  return report.journey(`token settings, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    const toSettings = async () => {
      await visitor.open('/main');
      await visitor.follow('tokenSettings');
      await visitor.sees('tokenSettings');
    };
    await step('there is no transfer without a token', async () => {
      await logIn(visitor, customer);
      await visitor.sees('main');
      await visitor.shows(visitor.say('noTokenYet'));
      equal(await visitor.page.locator('a[href="/transfer"]').count(), 0, 'links to transfers');
      await look('main-without-token', 'main');
      await visitor.press('logOut');
    });
    await register(visitor, customer, token, 'doNotAsk');
    await step('without a code at login the password is enough', async () => {
      await logIn(visitor, customer);
      await visitor.sees('main');
    });
    await step('the settings show the token', async () => {
      await toSettings();
      await visitor.shows(token.id);
      await look('token-settings');
    });
    await step('a wrong code changes nothing', async () => {
      await visitor.field('ask').check();
      await visitor.fillIn('/token/login-code', 'code', wrongCode(await token.code()));
      await visitor.press('change', '/token/login-code');
      await visitor.isRefused('tokenSettings', 'wrong', 'wrongNext');
      await look('refused-token-settings');
    });
    await step('a code is asked for at login from now on', async () => {
      await visitor.field('ask').check();
      await visitor.fillIn('/token/login-code', 'code', fullWidth(await token.code()));
      await visitor.press('change', '/token/login-code');
      await visitor.sees('changed');
      await look('setting-changed');
    });
    await step('two codes in a row resynchronise', async () => {
      await toSettings();
      const [first, second] = await token.twoCodes();
      await visitor.fill({ firstCode: first, secondCode: second });
      await visitor.press('resync', '/token/resync');
      await visitor.sees('resynced');
      await visitor.follow('next');
      await visitor.sees('main');
    });
    await step('the use is ended with a code, and all sessions with it', async () => {
      await toSettings();
      await visitor.fillIn('/token/release', 'code', await token.code());
      await visitor.press('release', '/token/release');
      await visitor.sees('released');
      await look('released');
      await logIn(visitor, customer);
      await visitor.sees('main');
      await visitor.shows(visitor.say('noTokenYet'));
    });
    await visitor.leave();
  });
}

export function exchange(report, place, language) {
  return report.journey(`a new phone, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const [old, second, third] = [await place.token(), await place.token(), await place.token()];
    await register(visitor, customer, old, 'ask');
    await step('asks for the new token and for proof of the old one', async () => {
      await identify(visitor, customer);
      await visitor.sees('exchange');
      await look('exchange');
    });
    await step('refuses an exchange without proof', async () => {
      await visitor.fill({ newCredentialId: second.id, newCode: await second.code() });
      await visitor.press('exchange');
      await visitor.isRefused('exchange', 'field', 'proofRule');
      await look('refused-exchange-proof');
    });
    await step('refuses a wrong code of the old one', async () => {
      const wrong = wrongCode(await old.code());
      await visitor.fill({ newCredentialId: second.id, newCode: await second.code(), oldCode: wrong });
      await visitor.press('exchange');
      await visitor.isRefused('exchange', 'wrong');
      await look('refused-exchange');
      await visitor.goesTo('toResync', 'resync');
    });
    await step('resynchronises the old one from there, and comes back', async () => {
      const [firstCode, secondCode] = await old.twoCodes();
      await visitor.fill({ firstCode, secondCode });
      await visitor.press('resync');
      await visitor.sees('resynced');
      await visitor.follow('next');
      await visitor.sees('exchange');
    });
    await step('takes the old one’s code', async () => {
      const oldCode = await old.code();
      await visitor.fill({ newCredentialId: second.id, newCode: await second.code(), oldCode });
      await visitor.press('exchange');
      await visitor.sees('exchanged');
      await look('exchanged');
    });
    await step('the old token’s codes are good for nothing, the new one’s are', async () => {
      await logIn(visitor, customer);
      await visitor.fill({ code: await old.code() });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin');
      await visitor.fill({ code: await second.code() });
      await visitor.press('confirm');
      await visitor.sees('main');
      await visitor.press('logOut');
    });
    await step('takes a code of the bank’s for a token that is lost', async () => {
      const resetCode = await place.bank.resetCode(customer);
      await identify(visitor, customer);
      await visitor.fill({ newCredentialId: third.id, newCode: await third.code(), resetCode });
      await visitor.press('exchange');
      await visitor.sees('exchanged');
    });
    await step('the third pays', async () => {
      await logIn(visitor, customer);
      await visitor.fill({ code: await third.code() });
      await visitor.press('confirm');
      await order(visitor, 500);
      await visitor.fill({ code: await third.code() });
      await visitor.press('send');
      await visitor.sees('receipt');
      await visitor.follow('backToMain');
      await visitor.press('logOut');
    });
    await step('a lost one is suspended with the password alone', async () => {
      await visitor.open('/');
      await visitor.follow('lost');
      await visitor.fill(identity(customer));
      await visitor.press('next');
      await visitor.press('suspend');
      await visitor.sees('suspended');
      await look('suspended');
      await visitor.follow('backToLogin');
      await visitor.fill(identity(customer));
      await visitor.press('login');
      await visitor.fill({ code: await third.code() });
      await visitor.press('confirm');
      await visitor.isRefused('codeAtLogin', 'isSuspended', 'isSuspendedNext');
      await look('refused-suspended');
    });
    await visitor.leave();
  });
}
