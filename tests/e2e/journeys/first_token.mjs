// How a customer comes to a first token: by a QR code of the bank's, and with the code of a letter.

import path from 'node:path';

import { identify, logIn, register } from './steps.mjs';

// The page with the QR code; the PC token reads it from the picture of the page.
export function activation(report, place, language, pictures) {
  return report.journey(`a QR code, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const picture = path.join(pictures, `qr-code-${language}.png`);
    let token;
    await step('a page tells what the QR code is for', async () => {
      await logIn(visitor, customer);
      await visitor.follow('newToken');
      await visitor.sees('newToken');
      await look('new-token');
    });
    await step('another one shows it', async () => {
      await visitor.press('showQrCode');
      await visitor.sees('qrCode');
      await look('new-token-qr-code');
      await visitor.page.screenshot({ path: picture, fullPage: true });
    });
    await step('a token takes it from the picture of the page', async () => {
      token = await place.token({ from: picture });
    });
    await step('and is registered', async () => {
      await register(visitor, customer, token, 'doNotAsk');
    });
    await visitor.leave();
  });
}

// At a bank that wants a letter's code with a first token.
export function letter(report, place, language) {
  return report.journey(`a letter, ${language}`, async (step, check) => {
    const visitor = await place.visitor(language);
    const look = place.looking(check, visitor);
    const customer = await place.bank.customer();
    const token = await place.token();
    await step('is asked for before anything else', async () => {
      await identify(visitor, customer);
      await visitor.sees('askForLetter');
      await look('letter-ask');
      await visitor.press('sendLetter');
      await visitor.sees('letterOrdered');
      await look('letter-ordered');
    });
    await step('without its code there is no registration', async () => {
      await identify(visitor, customer);
      await visitor.sees('registration');
      await look('letter-registration', 'registration-token');
      await visitor.fill({ credentialId: token.id, code: await token.code(), letterCode: '1234' });
      await visitor.field('ask').check();
      await visitor.press('register');
      await visitor.isRefused('registration', 'field', 'letterRule');
      await look('refused-letter', 'refused-registration-field');
    });
    await step('a code that was sent to somebody else is none', async () => {
      const other = await place.bank.customer();
      const elsewhere = await place.visitor(language);
      await identify(elsewhere, other);
      await elsewhere.press('sendLetter');
      await elsewhere.sees('letterOrdered');
      await elsewhere.leave();
      await visitor.fill({ code: await token.code(), letterCode: await place.bank.letter(other) });
      await visitor.press('register');
      await visitor.isRefused('registration', 'notProven', 'notProvenNext');
      await look('refused-letter-code');
    });
    await step('with it there is', async () => {
      const letterCode = await place.bank.letter(customer);
      await visitor.fill({ code: await token.code(), letterCode });
      await visitor.press('register');
      await visitor.sees('registered');
    });
    await visitor.leave();
  });
}
