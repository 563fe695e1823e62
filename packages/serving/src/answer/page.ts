import { hash } from 'node:crypto'
import type { Signature } from './openapi.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { Serving } from './serving.ts'

const sourceOf = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`

/** Nothing runs on the page but its own script, and it talks to nobody but its own service. */
export const pageHeaders = (): Record<string, string> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${sourceOf(pageScript)}`,
    `style-src ${sourceOf(pageStyle)}`,
    ...["connect-src 'self'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"],
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
})

/** A page that shows the model and its schema, with a form to try it. Names come from outside and are escaped. */
export function pageText(
  { plan, target, settings }: Pick<Serving, 'plan' | 'target' | 'settings'>,
  of: Signature | null,
): string {
  const body = of ? [card(plan, of), form(of, settings().requiresKey), code(of, settings().requiresKey)] : [nobody]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(target.name)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<header><h1>${escaped(target.name)}</h1><p>Answers predictions. <a href="openapi.json">OpenAPI</a> · <a href="metrics">Metrics</a> · <a href="readyz">Readiness</a></p></header>
${body.join('\n')}
</main>${of ? `\n<script>${pageScript}</script>` : ''}
</body>
</html>
`
}

const nobody =
  '<section><h2>No version answers</h2><p>The service takes a version up by itself as soon as it may answer.</p></section>'

function card(plan: Serving['plan'], { version, featureNames, classLabels }: Signature): string {
  const facts: [string, string][] = [
    ['Model', version.model],
    ['Version', `${version.number} (${version.sourceNumber} in ${version.sourceWorkspace})`],
    ['Digest', version.digest],
    ['Pipeline', plan.pipeline],
    ['Classes', classLabels.join(', ')],
    ['Features', `${featureNames.length}, each a finite number; none has a default`],
  ]
  const rows = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`)
  return `<section><h2>The model</h2><dl>${rows.join('')}</dl></section>`
}

function form({ featureNames, example }: Signature, requiresKey: boolean): string {
  const fields = featureNames.map((name) => {
    const value = escaped(String(example[name]))
    return `<label><span>${escaped(name)}</span><input data-feature="${escaped(name)}" value="${value}" inputmode="decimal" autocomplete="off" required><span class="problem" role="alert"></span></label>`
  })
  const key = `<label><span>Key of the deployment${requiresKey ? '' : ' (none is needed)'}</span><input name="secret" type="password" autocomplete="off"${requiresKey ? ' required' : ''}></label>`
  return `<section><h2>Try it</h2><form>${key}<div class="fields">${fields.join('')}</div><button>Ask</button></form><div id="answer" aria-live="polite"></div></section>`
}

function code({ example }: Signature, requiresKey: boolean): string {
  const key = requiresKey ? ` \\\n  -H "authorization: Bearer $KEY"` : ''
  const row = JSON.stringify({ row: example }).replaceAll("'", "'\\''")
  const text = `curl "$URL/v1/predict"${key} \\\n  -H 'content-type: application/json' \\\n  -d '${row}'`
  return `<section><h2>From a shell</h2><pre>${escaped(text)}</pre></section>`
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
