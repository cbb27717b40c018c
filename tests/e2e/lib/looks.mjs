// How a page looks, and whether everybody can use it: axe at phone's and desktop's width, light and dark; no
// scrolling sideways, also on the narrowest phone and with text of twice the size; targets for fingers; what
// browsers and phones may fill in. And a picture of each.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { axe } from './packages.mjs';
import { equal } from './report.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = { phone: 390, desktop: 1280 };
const MODES = ['light', 'dark'];
const NARROW = [320, 360];
// CSS pixels. WCAG 2.2 wants 24 of every target; what is pressed alone is as large as a finger.
const SMALLEST_TARGET = 24;
const FINGER = 44;

// What each field must tell the browser: which kind of keys, and what may be filled in.
const FIELDS = {
  contract: ['numeric', 'username'],
  password: [null, 'current-password'],
  credential: [null, 'off'],
  code: ['numeric', 'one-time-code'],
  first: ['numeric', 'one-time-code'],
  second: ['numeric', 'one-time-code'],
  old_code: ['numeric', 'off'],
  reset_code: ['numeric', 'off'],
  next_code: ['numeric', 'off'],
  letter_code: ['numeric', 'off'],
  bank: ['numeric', 'off'],
  branch: ['numeric', 'off'],
  number: ['numeric', 'off'],
  name: [null, 'off'],
  amount: ['numeric', 'off'],
};

export class Looks {
  #folder;
  // The title of each page, by its name and language.
  #titles = new Map();
  pictures = [];

  constructor(folder) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  // Looks at the page that a visitor is on, under a name. Pages of one kind may have one title.
  async at(visitor, name, kind) {
    const { page, language } = visitor;
    const faults = [...await page.evaluate(fieldsThatDiffer, FIELDS)];
    // What was pressed last may lie under the pointer.
    await page.mouse.move(0, 0);
    await page.evaluate(axe.source);
    for (const [width, pixels] of Object.entries(WIDTHS)) {
      await page.setViewportSize({ width: pixels, height: HEIGHT });
      for (const colorScheme of MODES) {
        await page.emulateMedia({ colorScheme });
        const found = await page.evaluate(violations, TAGS);
        faults.push(...found.map((fault) => `${width} ${colorScheme}: ${fault}`));
        const file = `${name}-${language}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(this.#folder, file), fullPage: true });
        this.pictures.push({ name, language, width, mode: colorScheme, file });
      }
      faults.push(...await page.evaluate(smallTargets, { smallest: SMALLEST_TARGET, finger: FINGER }));
      faults.push(...await sideways(page, pixels, '200%'));
    }
    for (const pixels of NARROW) {
      for (const textSize of ['', '200%']) faults.push(...await sideways(page, pixels, textSize));
    }
    faults.push(...this.#isNamed(`${kind}, ${language}`, await page.title()));
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: WIDTHS.phone, height: HEIGHT });
    equal([...new Set(faults)], [], `what is wrong with the page ${name}`);
  }

  // A picture of where a visitor stood when a test failed.
  async keep(visitor, name) {
    const file = `FAILED-${name.replace(/[^\p{L}\p{N}]+/gu, '-')}.png`;
    // The visitor may have left, or their browser may be gone.
    await visitor.page.screenshot({ path: path.join(this.#folder, file), fullPage: true }).catch(() => {});
  }

  // Whoever goes by titles alone can tell one page from another.
  #isNamed(page, title) {
    const other = this.#titles.get(title);
    this.#titles.set(title, page);
    return other && other !== page ? [`its title is that of ${other}: ${title}`] : [];
  }
}

// Whether the page is wider than what shows it.
async function sideways(page, width, textSize) {
  await page.setViewportSize({ width, height: HEIGHT });
  const wide = await page.evaluate((size) => {
    const root = document.documentElement;
    root.style.fontSize = size;
    const [needs, has] = [root.scrollWidth, root.clientWidth];
    root.style.fontSize = '';
    return needs > has ? needs : 0;
  }, textSize);
  return wide ? [`${wide} pixels wide at ${width}, text ${textSize || 'as it is'}`] : [];
}

// ---- What follows is run in the page. ----

async function violations(tags) {
  const found = await globalThis.axe.run(document, {
    runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'],
  });
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`);
}

function smallTargets({ smallest, finger }) {
  const faults = [];
  for (const target of document.querySelectorAll('a, button, input:not([type="hidden"]), select')) {
    const { width, height } = target.getBoundingClientRect();
    // Its label is pressed with it.
    const isChoice = target.type === 'radio' || target.type === 'checkbox';
    const wanted = target.matches('button, select, nav a') || (target.matches('input') && !isChoice) ? finger : smallest;
    if (Math.min(width, height) < wanted) {
      const what = target.id || target.innerText;
      faults.push(`the target “${what}” is ${Math.round(width)} by ${Math.round(height)}, and not ${wanted}`);
    }
  }
  return faults;
}

function fieldsThatDiffer(wanted) {
  const faults = [];
  for (const field of document.querySelectorAll('input[type="text"], input[type="password"]')) {
    const has = [field.getAttribute('inputmode'), field.getAttribute('autocomplete')];
    if (JSON.stringify(has) !== JSON.stringify(wanted[field.name])) faults.push(`the field ${field.name} says ${has}`);
  }
  return faults;
}

const HEIGHT = 844;
