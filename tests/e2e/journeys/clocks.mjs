// Clocks that disagree, and the waits that the bank's clock ends.

import { equal } from '../lib/report.mjs';
import { shifted } from '../lib/programs.mjs';
import { walk } from './document.mjs';
import { logIn, order, register } from './steps.mjs';

export const HOUR = 3600;
const WAIT_HOURS = 72;

// At a bank whose clock is an hour ahead: the customer's phone is an hour behind, and all goes through.
export function apart(report, place, language) {
  return report.journey(`two hours apart, ${language}`, async (step) => {
    const visitor = await place.visitor(language);
    const token = await place.token({ environment: shifted(-HOUR) });
    await step('the token knows that its clock is two hours behind the bank’s', async () => {
      const { ahead_ms: ahead, certainty, notice } = await token.clock();
      equal([Math.round(ahead / 1000 / HOUR), certainty, notice], [-2, 'sure', 'behind'], 'hours');
    });
    await walk(step, place, visitor, token, async () => {});
    await visitor.leave();
  });
}

// At a bank of its own, whose clock is moved.
export function waits(report, place, language) {
  return report.journey(`waits, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    await register(visitor, customer, token, 'doNotAsk');
    await step('a new token pays no new payee yet, and the page says from when on', async () => {
      await logIn(visitor, customer);
      await order(visitor, 3000);
      await visitor.isRefused('transfer', 'newPayee', 'until');
      await look('refused-new-payee');
    });
    await step('after ten minutes without a word the session is over', async () => {
      place.bank.moveClock(11 * 60);
      await visitor.fill({ amount: '100' });
      await visitor.press('next');
      await visitor.sees('login');
    });
    await step('after three days it pays', async () => {
      place.bank.moveClock((WAIT_HOURS + 1) * HOUR);
      // A bank's time that leaps contradicts what the token knew; told a second time, it is believed.
      await token.clock('sync');
      await token.clock('sync');
      await logIn(visitor, customer);
      await order(visitor, 3000);
      await visitor.sees('checkTransfer');
      await visitor.fill({ code: await token.code() });
      await visitor.press('send');
      await visitor.sees('receipt');
    });
    await visitor.leave();
  });
}
