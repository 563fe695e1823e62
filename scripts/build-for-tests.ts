// `node scripts/build-for-tests.ts DIR`: the command as it is packed and installed, below DIR/node_modules, but with crash
// points that kill where a test asks for it. From source each start of the command costs twice as much.
import { readdirSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { bundlePackage } from './build/bundle.ts'
import { findPackages } from './build/packages.ts'
import { copyBeside, copyTemplate } from './build.ts'

const CONDITIONS = ['crash-test']

async function buildForTests(root: string, dir: string): Promise<string> {
  const packages = findPackages(root, CONDITIONS)
  const modules = join(dir, 'node_modules')
  const folderOf = (short: string) => join(modules, '@airlock-ml', short)
  for (const each of packages) {
    copyBeside(root, each, folderOf(each.short))
    const dist = join(folderOf(each.short), 'dist')
    await bundlePackage(each, packages, { dist, conditions: CONDITIONS })
    if (each.short === 'cli') copyTemplate(root, join(dist, 'template'))
  }
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const isForeign = name !== '@airlock-ml' && !name.startsWith('.')
    if (isForeign) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  return join(folderOf('cli'), 'bin', 'airlock.mjs')
}

if (import.meta.main) {
  const [dir] = process.argv.slice(2)
  if (dir === undefined) throw new Error('usage: node scripts/build-for-tests.ts DIR')
  console.log(await buildForTests(dirname(import.meta.dirname), resolve(dir)))
}
