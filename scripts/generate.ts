// Writes what is made from other files. `--check` writes nothing and fails when something is stale.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedFiles } from '@airlock-ml/cli'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const stale: string[] = []
for (const [path, content] of Object.entries(await generatedFiles())) {
  const existing = await readFile(join(root, path), 'utf8').catch(() => null)
  if (existing === content) continue
  stale.push(path)
  if (isCheck) continue
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}
if (stale.length === 0) console.log('generated files are up to date')
else
  console.log(
    `${isCheck ? 'stale, run `npm run generate`' : 'written'}:\n${stale.map((path) => `  ${path}`).join('\n')}`,
  )
process.exitCode = isCheck && stale.length > 0 ? 1 : 0
