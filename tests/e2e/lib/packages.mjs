// The packages of package.json, which are installed in a folder outside the sources.

import { createRequire } from 'node:module';
import path from 'node:path';

const folder = process.env.E2E_PACKAGES;
if (!folder) throw new Error('E2E_PACKAGES names no folder: start this by tests/e2e/check');
const require = createRequire(path.join(path.resolve(folder), 'package.json'));

export const { chromium } = require('playwright-core');
export const axe = require('axe-core');
