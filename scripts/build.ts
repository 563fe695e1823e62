// `npm run build [-- --out DIR]`: bundles each package to `packages/X/dist`, or to `DIR/X/dist` with what npm packs
// beside it. A clone runs from source whether `dist` is there or not (docs/adr/0001).
import { cpSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundlePackage } from './build/bundle.ts'
import { emitDeclarations } from './build/declarations.ts'
import { collectLicenses } from './build/licenses.ts'
import { findPackages, type Package } from './build/packages.ts'

/** Builds every package in place, or below `out`, and returns the folders, which npm can pack. */
export async function buildPackages(root: string, out?: string): Promise<string[]> {
  const packages = findPackages(root)
  const folderOf = ({ short, folder }: Package) => (out === undefined ? folder : join(out, short))
  for (const each of packages) {
    const dist = join(folderOf(each), 'dist')
    rmSync(dist, { recursive: true, force: true })
    if (out !== undefined) copyBeside(root, each, folderOf(each))
    const modules = await bundlePackage(each, packages, { dist })
    const licenses = collectLicenses(modules)
    if (licenses) writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licenses)
    if (each.short === 'cli') copyTemplate(root, join(dist, 'template'))
  }
  emitDeclarations(root, Object.fromEntries(packages.map((each) => [each.short, join(folderOf(each), 'dist')])))
  return packages.map(folderOf)
}

export function copyBeside(root: string, { folder, files }: Package, target: string) {
  mkdirSync(target, { recursive: true })
  const beside = ['package.json', 'README.md', ...files].filter((file) => file !== 'dist')
  for (const file of beside) {
    if (existsSync(join(folder, file))) cpSync(join(folder, file), join(target, file), { recursive: true })
  }
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
}

export function copyTemplate(root: string, target: string) {
  const made = /[\\/](node_modules|\.airlock)$/
  cpSync(join(root, 'template'), target, { recursive: true, filter: (path) => !made.test(path) })
  // npm leaves .gitignore out of every package; `airlock init` gives it its dot back.
  renameSync(join(target, '.gitignore'), join(target, 'gitignore'))
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  const out = values.out === undefined ? undefined : resolve(values.out)
  for (const folder of await buildPackages(dirname(import.meta.dirname), out)) console.log(folder)
}
