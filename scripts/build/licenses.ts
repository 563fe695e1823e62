import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The licences of the packages that `modules` come from, as their terms ask when they are copied into a bundle. */
export function collectLicenses(modules: string[]): string {
  return [...new Set(modules.map(packageFolder))]
    .filter((folder) => folder !== undefined)
    .sort()
    .map((folder) => {
      const { name, version, license, licenses = [] } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const texts = globSync('{LICEN[CS]E,NOTICE,COPYING}*', { cwd: folder }).sort()
      const text = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n')
      return `${name} ${version} (${license ?? licenses.map(({ type }: { type: string }) => type).join(', ')})\n\n${text || 'The package carries no licence text.'}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

function packageFolder(module: string): string | undefined {
  return /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(module.replaceAll('\\', '/'))?.[0]
}
