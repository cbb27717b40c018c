// What else is refused: at transfers, on the pages of a token that is registered, and what no customer gets.

import { wrongCode } from '../lib/token.mjs';
import { identify, identity, logIn, order, register } from './steps.mjs';

const OWN_BANK = '9999';

export function transfers(report, place, language) {
  return report.journey(`refused transfers, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    await register(visitor, customer, token, 'doNotAsk');
    await logIn(visitor, customer);
    for (const [what, payee, amount, rule] of [
      ['a branch', { payeeBranch: '12' }, 100, 'branchRule'],
      ['a number', { payeeNumber: '12345678' }, 100, 'numberRule'],
      ['a name', { payeeName: '　' }, 100, 'nameRule'],
      ['an amount', {}, 0, 'amountRule'],
    ]) {
      await step(`what cannot be ${what}`, async () => {
        await order(visitor, amount, payee);
        await visitor.isRefused('transfer', 'field', rule);
      });
    }
    await step('an account of this bank that there is not', async () => {
      await order(visitor, 100, { payeeBank: OWN_BANK, payeeNumber: '9999999' });
      await visitor.isRefused('transfer', 'noAccount', 'noAccountNext');
      await look('refused-no-account');
    });
    await step('an account that would pay itself', async () => {
      const payeeNumber = customer.account.split('-')[2];
      await order(visitor, 100, { payeeBank: OWN_BANK, payeeNumber });
      await visitor.isRefused('transfer', 'sameAccount', 'sameAccountNext');
      await look('refused-same-account');
    });
    await step('another order in the place of one that was carried out', async () => {
      const key = visitor.page.locator('form[action="/transfer/order"] input[name="key"]');
      await order(visitor, 100);
      const first = await key.inputValue();
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.sees('receipt');
      await order(visitor, 200);
      await key.evaluate((element, value) => { element.value = value; }, first);
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'orderReused', 'orderReusedNext');
      await look('refused-order-reused');
    });
    await visitor.leave();
  });
}

// With a token that is registered: a second one, settings, and what is no longer.
export function withToken(report, place, language) {
  return report.journey(`refused with a token, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const [token, second] = [await place.token(), await place.token()];
    await register(visitor, customer, token, 'doNotAsk');
    await logIn(visitor, customer);
    await step('a QR code for another token takes a code of this one', async () => {
      await visitor.open('/token/new');
      await visitor.sees('newToken');
      await look('new-token-by-code', 'new-token');
      await visitor.fill({ oldCode: wrongCode(await token.code()) });
      await visitor.press('showQrCode');
      await visitor.isRefused('newToken', 'wrong', 'wrongNext');
      await look('refused-new-token');
    });
    await step('the way to a resynchronisation is a press away', async () => {
      await visitor.follow('toResync');
      await visitor.sees('tokenSettings');
    });
    await step('with the right one it is shown', async () => {
      await visitor.open('/token/new');
      await visitor.fill({ oldCode: await token.code() });
      await visitor.press('showQrCode');
      await visitor.sees('qrCode');
      await look('new-token-qr-code-for-exchange', 'new-token-qr-code');
    });
    await step('two codes that are wrong resynchronise nothing', async () => {
      await visitor.open('/token');
      const wrong = wrongCode(await token.code());
      await visitor.fill({ firstCode: wrong, secondCode: wrong });
      await visitor.press('resync', '/token/resync');
      await visitor.isRefused('tokenSettings', 'wrong', 'wrongNext');
      await visitor.goesTo('toResync', 'resync');
    });
    await step('a wrong code ends no use', async () => {
      await visitor.fillIn('/token/release', 'code', wrongCode(await token.code()));
      await visitor.press('release', '/token/release');
      await visitor.isRefused('tokenSettings', 'wrong', 'wrongNext');
    });
    await step('an exchange code that was given to somebody else', async () => {
      const other = await place.bank.customer();
      const theirs = await place.token();
      const elsewhere = await place.visitor(language);
      await register(elsewhere, other, theirs, 'doNotAsk');
      await elsewhere.leave();
      const resetCode = await place.bank.resetCode(other);
      await identify(visitor, customer);
      await visitor.fill({ newCredentialId: second.id, newCode: await second.code(), resetCode });
      await visitor.press('exchange');
      await visitor.isRefused('exchange', 'notProven', 'notProvenNext');
      await look('refused-exchange-code');
    });
    await step('a token that staff have revoked', async () => {
      await visitor.open('/');
      await visitor.fill(identity(customer));
      await visitor.press('login');
      await place.bank.staff('credential', 'revoke', token.id);
      await order(visitor, 100);
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.isRefused('checkTransfer', 'revoked', 'revokedNext');
      await look('refused-revoked');
    });
    await visitor.leave();
  });
}

// Without a token: a registration that pauses, and QR codes without end.
export function withoutToken(report, place, language) {
  return report.journey(`refused without a token, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    await step('a QR code, when ten were shown within a day', async () => {
      await logIn(visitor, customer);
      for (let shown = 0; shown < MOST_QR_CODES; shown += 1) {
        await visitor.open('/token/new');
        await visitor.press('showQrCode');
        await visitor.sees('qrCode');
      }
      await visitor.open('/token/new');
      await visitor.press('showQrCode');
      await visitor.isRefused('newToken', 'asked', 'until');
      await look('refused-asked');
    });
    await step('a registration pauses after too many failures, with the end of the pause', async () => {
      await identify(visitor, customer);
      await visitor.field('ask').check();
      for (let tries = 0; tries < MANY; tries += 1) {
        await visitor.fill({ credentialId: 'WRFU99999999', code: '123456' });
        await visitor.press('register');
      }
      await visitor.isRefused('registration', 'tooSoon', 'until');
      await look('refused-registration-paused');
    });
    await visitor.leave();
  });
}

// At a bank that gives tokens out at its counter alone.
export function closed(report, place, language) {
  return report.journey(`no QR code, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    await step('the page says whom to ask for a token', async () => {
      await logIn(visitor, customer);
      await visitor.follow('newToken');
      await visitor.sees('newToken');
      await visitor.shows(visitor.say('elsewhere'));
      await look('new-token-elsewhere', 'new-token');
    });
    await visitor.leave();
  });
}

const MOST_QR_CODES = 10;
// Five failures are free, and after the sixth there is a wait.
const MANY = 7;
