// All pictures on one page, to be looked at.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

export function writeSheet(folder, pictures) {
  const names = [...new Set(pictures.map(({ name }) => name))];
  const rows = names.map((name) => {
    const figures = pictures.filter((picture) => picture.name === name).map(figure);
    return `<h2>${name}</h2>\n<div>${figures.join('\n')}</div>`;
  });
  writeFileSync(path.join(folder, 'index.html'), `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>The bank's pages</title>
<style>
body { font: 1rem sans-serif; margin: 1rem; }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: start; }
figure { margin: 0; flex: none; }
img { max-height: 40rem; border: 1px solid #888; }
</style>
<h1>The bank's pages</h1>
${rows.join('\n')}
</html>
`);
}

function figure({ language, width, mode, file }) {
  const what = `${language}, ${width}, ${mode}`;
  return `<figure><a href="${file}"><img src="${file}" alt="${what}" loading="lazy"></a>
<figcaption>${what}</figcaption></figure>`;
}
