// The bank's document for its customers, from its first page to its last, and what comes after that.

import { equal } from '../lib/report.mjs';
import { yen } from '../lib/words.mjs';
import { carelessly, fullWidth, identity, order } from './steps.mjs';

export function document(report, place, language) {
  return report.journey(`the document, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    await walk(step, place, visitor, await place.token(), place.looking(check, visitor));
    await visitor.leave();
  });
}

// No page may need a script. A browser that runs none walks all of it, too.
export function withoutScripts(report, place, language) {
  return report.journey(`without scripts, ${language}`, async (step) => {
    const visitor = await place.visitor(language, { scripts: false });
    await walk(step, place, visitor, await place.token(), async () => {});
    await visitor.leave();
  });
}

export async function walk(step, place, visitor, token, look) {
  const { language } = visitor;
  const customer = await place.bank.customer();

  await step('the login page leads to the registration', async () => {
    await visitor.open('/');
    await visitor.sees('login');
    await look('login');
    await visitor.follow('registerOrExchange');
    await visitor.sees('identity');
    await look('registration-identity');
  });
  await step('registers the token, with a code at login', async () => {
    const { contract, password } = customer;
    await visitor.fill({ contractId: `${contract.slice(0, 5)} ${contract.slice(5)}`, password });
    await visitor.press('next');
    await visitor.sees('registration');
    await look('registration-token');
    await visitor.fill({ credentialId: carelessly(token.id), code: await token.code() });
    await visitor.field('ask').check();
    await visitor.press('register');
    await visitor.sees('registered');
    await look('registered');
    await visitor.follow('backToLogin');
    await visitor.sees('login');
  });
  await step('logs in with ID, password and code', async () => {
    await visitor.fill(identity(customer));
    await visitor.press('login');
    await visitor.sees('codeAtLogin');
    await look('code-at-login');
    await visitor.fill({ code: fullWidth(await token.code()) });
    await visitor.press('confirm');
    await visitor.sees('main');
    await visitor.shows(yen(language, 1_000_000), customer.account);
  });
  await step('orders a transfer and sees it before it is confirmed', async () => {
    await visitor.follow('transfer');
    await visitor.sees('transfer');
    await look('transfer');
    await order(visitor, '３，０００円');
    await visitor.sees('checkTransfer');
    await visitor.reads({
      payeeBank: '0001', payeeBranch: '001', payeeNumber: '0000077', payeeName: 'ワリフ　タロウ', sum: yen(language, 3000),
    });
    await look('transfer-check');
  });
  await step('confirms it with a code and gets a receipt', async () => {
    await visitor.fill({ code: await token.code() });
    await visitor.press('send');
    await visitor.sees('receipt');
    await visitor.reads({ payeeNumber: '0000077', sum: yen(language, 3000) });
    await look('transfer-receipt');
    await visitor.follow('backToMain');
    await visitor.sees('main');
    await visitor.shows(yen(language, 997_000), `−${yen(language, 3000)}`);
    await look('main');
  });
  await step('finds it all in the history', async () => {
    await visitor.follow('history');
    await visitor.sees('history');
    await visitor.shows(...['tokenRegistered', 'loggedIn', 'transfer'].map(visitor.say));
    await look('history');
    await visitor.follow('backToMain');
  });
  await step('logs out, and is out', async () => {
    await visitor.press('logOut');
    await visitor.sees('login');
    for (const path of ['/main', '/transfer', '/token', '/history']) {
      await visitor.open(path);
      await visitor.sees('login');
    }
  });
  await step('the other language is a press away, and stays', async () => {
    const [other, name] = language === 'ja' ? ['en', 'English'] : ['ja', '日本語'];
    await visitor.follow(name);
    await visitor.open('/registration');
    equal(await visitor.page.locator('html').getAttribute('lang'), other, 'the language');
  });
}
