// A customer at a browser: finds fields and buttons by what is written beside them.

import { chromium } from './packages.mjs';
import { equal, holds } from './report.mjs';
import { saying } from './words.mjs';

// Chromium stays off the network by itself. Its own sandbox does not work for root.
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch() {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  // Signals are for main.mjs, which ends the banks, too.
  const leftAlone = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, args: FLAGS, ...leftAlone });
}

export class Visitor {
  static #addresses = 0;
  // What the browser found wrong by itself: a style sheet that did not come, a policy that was broken.
  faults = [];

  // At an address of their own, with a browser in one language, and with or without scripts.
  static async arrive(browser, bank, language, { scripts = true, width = 390 } = {}) {
    Visitor.#addresses += 1;
    const at = Visitor.#addresses;
    const context = await browser.newContext({
      baseURL: bank.url,
      locale: language === 'ja' ? 'ja-JP' : 'en-GB',
      viewport: { width, height: 844 },
      javaScriptEnabled: scripts,
      extraHTTPHeaders: { 'X-Forwarded-For': `192.0.2.${at}` },
    });
    return new Visitor(await context.newPage(), language);
  }

  constructor(page, language) {
    this.page = page;
    this.language = language;
    this.say = saying(language);
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.faults.push(`script: ${error.message}`));
    page.on('console', (message) => {
      // Chromium tells of each status that is an error; those are looked at where they are awaited.
      const isStatus = /Failed to load resource.*status of (403|422|503)/.test(message.text());
      if (message.type() === 'error' && !isStatus) this.faults.push(`console: ${message.text()}`);
    });
    page.on('requestfailed', (request) => this.faults.push(`failed: ${request.url()}`));
    page.on('request', (request) => {
      if (request.resourceType() === 'script') this.faults.push(`a script: ${request.url()}`);
    });
  }

  async leave() {
    await this.page.context().close();
    equal(this.faults, [], 'the browser complains');
  }

  async open(path) {
    this.status = (await this.page.goto(path)).status();
  }

  field(label) {
    return this.page.getByLabel(this.say(label), { exact: true });
  }

  async fill(values) {
    for (const [label, value] of Object.entries(values)) await this.field(label).fill(value);
  }

  // A field of one of several forms, by the form's address and the field's name.
  async fillIn(form, name, value) {
    await this.page.locator(`form[action="${form}"] input[name="${name}"]`).fill(value);
  }

  // By the button's text, in the form of this address where there are several.
  async press(button, form) {
    const name = this.say(button);
    const place = form ? this.page.locator(`form[action="${form}"]`) : this.page;
    await this.#goes(place.getByRole('button', { name, exact: true }));
  }

  async follow(link) {
    await this.#goes(this.page.getByRole('link', { name: this.say(link), exact: true }).first());
  }

  async #goes(locator) {
    const [answer] = await Promise.all([this.page.waitForNavigation(), locator.click()]);
    this.status = answer.status();
  }

  // The page of this title, in the visitor's language.
  async sees(title, status = 200) {
    const heading = await this.page.locator('h1').innerText();
    if (heading !== this.say(title) || this.status !== status) {
      const told = await this.page.getByRole('alert').allInnerTexts();
      throw new Error(`“${heading}” (${this.status}) and not “${this.say(title)}” (${status}): ${told}`);
    }
    equal(await this.page.locator('html').getAttribute('lang'), this.language, 'the language');
    const shown = await this.page.title();
    holds(shown.includes(heading), `the title is “${shown}”`);
  }

  // The same after keys were pressed, where the answer's status is not seen.
  async arrives(title) {
    equal(await this.page.locator('h1').innerText(), this.say(title), 'the page');
  }

  // Loses its cookies.
  async forget() {
    await this.page.context().clearCookies();
  }

  // The page tells why not and what to do next, in its title and where a screen reader speaks up.
  async isRefused(title, ...told) {
    await this.sees(title, 422);
    await this.tells(...told);
    const alert = this.page.getByRole('alert');
    const why = (await alert.locator('strong').innerText()).trim();
    holds((await this.page.title()).startsWith(why), `the title does not begin with “${why}”`);
    holds(await alert.evaluate((element) => element === document.activeElement), 'the focus is elsewhere');
  }

  // Goes to another place of the page, by a link.
  async goesTo(link, heading) {
    await this.page.getByRole('link', { name: this.say(link), exact: true }).click();
    const isThere = await this.page.getByRole('heading', { name: this.say(heading), exact: true })
      .evaluate((element) => element === document.querySelector(':target'));
    holds(isThere, `the link does not lead to “${this.say(heading)}”`);
  }

  // The page has done something and goes on, and says so where a screen reader speaks up.
  async isTold(...texts) {
    const status = this.page.getByRole('status');
    const told = await status.innerText();
    for (const text of texts) holds(told.includes(this.say(text)), `“${this.say(text)}” is not in: ${told}`);
    holds(await status.evaluate((element) => element === document.activeElement), 'the focus is elsewhere');
  }

  // A row of a table with a heading for each row.
  async reads(values) {
    for (const [label, value] of Object.entries(values)) {
      const row = this.page.getByRole('row').filter({
        has: this.page.getByRole('rowheader', { name: this.say(label), exact: true }),
      });
      equal(await row.getByRole('cell').innerText(), value, this.say(label));
    }
  }

  async tells(...texts) {
    const alert = await this.page.getByRole('alert').innerText();
    for (const text of texts) holds(alert.includes(this.say(text)), `“${this.say(text)}” is not in: ${alert}`);
  }

  async shows(...texts) {
    const body = await this.page.locator('main').innerText();
    for (const text of texts) holds(body.includes(text), `“${text}” is not in: ${body}`);
  }
}

const PATIENCE_MS = 20_000;
