import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { PlatformError } from '@airlock-ml/contract'

const MANIFEST = 'package.json'
const LOCK = 'package-lock.json'
const NPM_SETTINGS = '.npmrc'
/** Where an image has the packages that the project has as files. */
export const PACKAGES = 'packed'

/**
 * Copies what `npm install` needs into the folder that an image is built from. Packages that the project has as files, as
 * `file:../packed/x.tgz`, come with it and are named where they lie then; secrets of npm's settings do not come.
 * @throws PlatformError `flavor_unavailable` for a package that is a folder, which is no package without its link
 */
export async function writePackages(context: string, projectDir: string): Promise<void> {
  const texts = new Map<string, string>()
  for (const file of [MANIFEST, LOCK, NPM_SETTINGS])
    if (existsSync(join(projectDir, file))) texts.set(file, await readFile(join(projectDir, file), 'utf8'))
  const settings = texts.get(NPM_SETTINGS)
  if (settings !== undefined) texts.set(NPM_SETTINGS, withoutSecrets(settings))
  await mkdir(join(context, PACKAGES), { recursive: true })
  for (const spec of fileSpecs(texts.get(MANIFEST))) {
    const from = resolve(projectDir, spec.slice('file:'.length))
    const to = `${PACKAGES}/${basename(from)}`
    if (!(await stat(from).catch(() => null))?.isFile())
      throw new PlatformError(
        'flavor_unavailable',
        `package.json takes a package from ${spec}, which is no file that an image can be given: pack it with \`npm pack\`.`,
      )
    await copyFile(from, join(context, to))
    for (const file of [MANIFEST, LOCK]) {
      const text = texts.get(file)
      if (text !== undefined) texts.set(file, text.replaceAll(JSON.stringify(spec), JSON.stringify(`file:${to}`)))
    }
  }
  for (const [file, text] of texts) await writeFile(join(context, file), text)
}

/** Whoever has an image can read it: tokens stay behind, unless they are named as `${VARIABLE}`. */
const withoutSecrets = (settings: string): string =>
  settings
    .split('\n')
    .filter((line) => !/_(auth|authToken|password)\s*=(?!\s*\$\{)/i.test(line))
    .join('\n')

function fileSpecs(manifest: string | undefined): string[] {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(manifest ?? '{}') as {
    dependencies?: Record<string, string>
    optionalDependencies?: Record<string, string>
  }
  const specs = [...Object.values(dependencies), ...Object.values(optionalDependencies)]
  return [...new Set(specs.filter((spec) => spec.startsWith('file:')))]
}
