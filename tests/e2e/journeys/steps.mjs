// What most journeys are made of.

const PAYEE = {
  payeeBank: '０００１', payeeBranch: ' 001', payeeNumber: '００-７７', payeeName: 'ワリフ　タロウ',
};

export function identity({ contract, password }) {
  return { contractId: contract, password };
}

// To the page that asks for the token, for 利用登録 or 交換.
export async function identify(visitor, customer) {
  await visitor.open('/registration');
  await visitor.fill(identity(customer));
  await visitor.press('next');
}

// 利用登録, with or without a code at login.
export async function register(visitor, customer, token, atLogin) {
  await identify(visitor, customer);
  await visitor.sees('registration');
  await visitor.fill({ credentialId: token.id, code: await token.code() });
  await visitor.field(atLogin).check();
  await visitor.press('register');
  await visitor.sees('registered');
}

export async function logIn(visitor, customer) {
  await visitor.open('/');
  await visitor.fill(identity(customer));
  await visitor.press('login');
}

// To the page of confirmation, if the order is taken.
export async function order(visitor, amount, payee = {}) {
  await visitor.open('/transfer');
  await visitor.fill({ ...PAYEE, ...payee, amount: String(amount) });
  await visitor.press('next');
}

// As people type them: full-width digits in two groups.
export function fullWidth(code) {
  const wide = [...code].map((digit) => String.fromCharCode(0xff10 + Number(digit)));
  return `${wide.slice(0, 3).join('')}　${wide.slice(3).join('')}`;
}

// In lower case, with spaces and a hyphen.
export function carelessly(id) {
  return ` ${id.toLowerCase().replace(/^(.{4})(.{4})/, '$1 $2-')}`;
}
