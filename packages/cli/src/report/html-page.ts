import { escapeHtml } from './escape-html.ts'

/**
 * A page that holds all it shows: no script, nothing fetched, light and dark as the reader's system is. `body` is HTML,
 * with whatever comes from others escaped; the policy in its head would let nothing run even so.
 */
export const htmlPage = ({ title, body, style = '' }: { title: string; body: string; style?: string }): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${shared}${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

const shared = `
:root{--ink:#1b1f24;--soft:#57606a;--line:#d8dee4;--page:#fff;--card:#f6f8fa;--mark:#0a5bbd;--warn:#9a6700;--bad:#cf222e}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9aa4af;--line:#30363d;--page:#0d1117;--card:#161b22;--mark:#6cb0ff;--warn:#d29922;--bad:#ff7b72}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px}
h1{font-size:26px;margin:0 0 4px;overflow-wrap:anywhere}h2{font-size:17px;margin:24px 0 8px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:16px;margin-top:20px}
figure{margin:0;padding:12px;background:var(--card);border:1px solid var(--line);border-radius:8px}
figure:last-child{grid-column:1/-1}
figure:last-child svg{max-width:680px}
figcaption{font-weight:600;margin-bottom:6px}
svg{width:100%;height:auto;display:block}
.grid{stroke:var(--line)}.guide{stroke:var(--soft);stroke-dasharray:4 4}
.curve{fill:none;stroke:var(--mark);stroke-width:2.2;stroke-linejoin:round}.beside{stroke:var(--soft);stroke-dasharray:6 3}
.dot,.bar{fill:var(--mark)}
.tick{fill:var(--soft);font-size:11px}.axis{fill:var(--ink);font-size:12px}
.tables{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:0 24px}
section{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid var(--line);overflow-wrap:break-word;vertical-align:top}
th{color:var(--soft);font-weight:600}
td{font-variant-numeric:tabular-nums}
td:last-child{overflow-wrap:anywhere}
`
