// `npm run demo`: the whole way from training to rollback with the real command, in a copy of the template.
// `--list` names the chapters; `--chapter N` shows that one, after doing the ones before it unseen. It checks what it
// claims, and ends with 1 when something is otherwise.
import { dirname, join, relative } from 'node:path'
import { parseArgs, styleText } from 'node:util'
import { chapters } from './demo/chapters.ts'
import { openDemo } from './demo/demo.ts'
import { makeProject } from './demo/make-project.ts'

const isColoured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const bold = (text: string) => (isColoured ? styleText('bold', text) : text)
const write = (text: string) => void process.stdout.write(text)

async function main(root: string): Promise<number> {
  const { values } = parseArgs({ options: { list: { type: 'boolean' }, chapter: { type: 'string' } } })
  if (values.list) {
    for (const [at, { title }] of chapters.entries()) write(`${String(at + 1).padStart(2)}  ${title}\n`)
    return 0
  }
  const only = values.chapter === undefined ? undefined : Number(values.chapter)
  if (only !== undefined && !(Number.isInteger(only) && only >= 1 && only <= chapters.length)) {
    console.error(`There is no chapter ${values.chapter}. There are 1 to ${chapters.length}: npm run demo -- --list`)
    return 2
  }
  const dir = join(root, '.demo', 'cancer-detection')
  const startedMs = performance.now()
  makeProject(root, dir)
  write(`The reference project is in ${relative(root, dir)}, a git repository of its own.\n`)
  if (only !== undefined && only > 1) write(`Chapters 1 to ${only - 1} are done first, unseen.\n`)
  for (const [at, { title, run }] of chapters.slice(0, only).entries()) {
    const isShown = only === undefined || at + 1 === only
    const shown = isShown ? write : () => {}
    shown(`\n${bold(`── ${at + 1}. ${title} ${'─'.repeat(Math.max(0, 90 - title.length))}`)}\n`)
    await run(openDemo({ dir, write: shown, isColoured: isShown && isColoured }))
  }
  write(
    `\n${bold('Done')} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s. ${nextSteps(relative(root, dir))}`,
  )
  return 0
}

const nextSteps = (dir: string) => `Look around:

  cd ${dir}
  npx airlock model version list breast_cancer_classifier --workspace enterprise-production
  npx airlock audit list --workspace enterprise-production --as ada
  npx airlock run training --param trees=300
  npx airlock up            # both workspaces over HTTP; other commands then go over HTTP, too
`

if (import.meta.main) {
  try {
    process.exitCode = await main(dirname(import.meta.dirname))
  } catch (error) {
    console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
