// A registration by the keyboard alone: Tab from field to field, Space for a choice, Enter to send.

import { equal, holds } from '../lib/report.mjs';

export function keyboard(report, place, language) {
  return report.journey(`by keyboard, ${language}`, async (step) => {
    const visitor = await place.visitor(language, { width: 1280 });
    const { page } = visitor;
    const customer = await place.bank.customer();
    const token = await place.token();
    const hands = new Hands(page);
    await step('from the login page to the registration', async () => {
      await visitor.open('/');
      await hands.tabTo(visitor.say('registerOrExchange'));
      await hands.send('Enter');
      await visitor.arrives('identity');
    });
    await step('mistypes the password', async () => {
      await hands.tabTo('contract');
      await page.keyboard.type(customer.contract);
      await hands.tabTo('password');
      await page.keyboard.type('not the password');
      await hands.send('Enter');
      await visitor.arrives('identity');
    });
    await step('is told what is wrong before anything else, and goes on from there', async () => {
      equal(await page.evaluate(() => document.activeElement.getAttribute('role')), 'alert', 'the focus');
      await hands.tabTo('contract');
      equal(hands.tabs, 1, 'presses of Tab to the first field');
      equal(await visitor.field('contractId').inputValue(), customer.contract, 'the ID that was typed');
      await hands.tabTo('password');
      await page.keyboard.type(customer.password);
      await hands.send('Enter');
      await visitor.arrives('registration');
    });
    await step('registers', async () => {
      await hands.tabTo('credential');
      await page.keyboard.type(token.id);
      await hands.tabTo('code');
      await page.keyboard.type(await token.code());
      await hands.tabTo('code_at_login-yes');
      await page.keyboard.press('Space');
      holds(await visitor.field('ask').isChecked(), 'Space chooses nothing');
      await hands.tabTo(visitor.say('register'));
      await hands.send('Enter');
      await visitor.arrives('registered');
    });
    await step('goes back to the login page', async () => {
      await hands.tabTo(visitor.say('backToLogin'));
      await hands.send('Enter');
      await visitor.arrives('login');
    });
    await visitor.leave();
  });
}

class Hands {
  #page;
  // How often Tab was pressed the last time.
  tabs = 0;

  constructor(page) {
    this.#page = page;
  }

  // Presses Tab until the field of this ID, or the link or button of this text, has the focus. Wherever the
  // focus comes to, it must be seen.
  async tabTo(name) {
    for (this.tabs = 1; this.tabs <= MOST_TABS; this.tabs += 1) {
      await this.#page.keyboard.press('Tab');
      const focus = await this.#page.evaluate(whereFocusIs);
      holds(focus.isSeen, `the focus is not seen on “${focus.names}”`);
      if (focus.names.includes(name)) return;
    }
    throw new Error(`Tab does not come to “${name}”`);
  }

  async send(key) {
    await Promise.all([this.#page.waitForNavigation(), this.#page.keyboard.press(key)]);
  }
}

function whereFocusIs() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const isOnScreen = box.top >= 0 && box.bottom <= innerHeight;
  const isSeen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && isOnScreen;
  return { isSeen, names: [element.id, element.innerText] };
}

const MOST_TABS = 40;
