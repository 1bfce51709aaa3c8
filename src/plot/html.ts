import { DARK, LIGHT } from './theme.ts';
import { escapeXml } from './xml.ts';

/** A table of text for a page; all columns but the first are numbers, to the right. */
export function htmlTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  footer?: readonly string[],
): string {
  const line = (cell: 'td' | 'th', cells: readonly string[]): string =>
    `<tr>${cells.map((content) => `<${cell}>${escapeXml(content)}</${cell}>`).join('')}</tr>`;
  return [
    '<div class="wide"><table>',
    `<thead>${line('th', header)}</thead>`,
    `<tbody>${rows.map((cells) => line('td', cells)).join('\n')}</tbody>`,
    footer ? `<tfoot>${line('td', footer)}</tfoot>` : '',
    '</table></div>',
  ].join('\n');
}

/** What is what, as a list of terms with their descriptions. */
export const htmlTerms = (terms: readonly (readonly [term: string, text: string])[]): string =>
  `<dl>\n${terms
    .map(([term, text]) => `<dt>${escapeXml(term)}</dt><dd>${escapeXml(text)}</dd>`)
    .join('\n')}\n</dl>`;

/** A figure, with a caption where there is something to say; the picture stands in the page itself. */
export function htmlFigure(svg: string, caption?: string): string {
  const told = caption === undefined ? '' : `<figcaption>${escapeXml(caption)}</figcaption>`;
  return `<figure role="group">${svg}${told}</figure>`;
}

/**
 * A whole page that needs nothing else: no script, no font, no network. Light or dark as the reader's
 * screen is, light in print.
 *
 * @param title as text
 * @param body markup; escape text first
 */
export const htmlPage = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;

const colours = ({ ground, ink, muted, grid, blue }: typeof LIGHT): string =>
  `:root{--ground:${ground};--ink:${ink};--muted:${muted};--grid:${grid};--accent:${blue}}`;

const PAGE_STYLE = `
${colours(LIGHT)}
@media screen and (prefers-color-scheme:dark){${colours(DARK)}}
@media print{:root{color-scheme:light}}
body{margin:0 auto;padding:2rem 1rem 4rem;max-width:46rem;background:var(--ground);color:var(--ink);
  font:16px/1.5 Inter,system-ui,sans-serif}
h1{margin:0;font-size:1.9rem;line-height:1.2;overflow-wrap:anywhere}
h2{margin:2.4rem 0 .6rem;font-size:1.2rem;break-after:avoid}
.about,figcaption,footer,dt{color:var(--muted)}
.about{margin:.2rem 0 1.2rem}
.result{margin:1rem 0;padding:.8rem 1rem;border-left:4px solid var(--accent);font-size:1.15rem}
.stopped{margin:1rem 0;padding:.6rem 1rem;border:1px solid var(--grid);border-radius:4px}
figure{margin:1rem 0;break-inside:avoid;overflow-x:auto}
figure svg{display:block;min-width:32rem;max-width:100%;height:auto}
@media print{figure svg{min-width:0}}
figcaption{margin-top:.3rem;font-size:.875rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:0}
dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.15rem 1.2rem .15rem 0;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
th{border-bottom:1px solid var(--grid);color:var(--muted);font-weight:400}
tfoot td{border-top:1px solid var(--grid);font-weight:700}
pre{padding:.8rem 1rem;border:1px solid var(--grid);border-radius:4px;font-size:.8125rem;line-height:1.4;
  white-space:pre-wrap;overflow-wrap:anywhere}
footer{margin-top:3rem;font-size:.875rem}
`;
