#!/usr/bin/env node
// Plain JavaScript that old Nodes can parse: it must start in order to say which Node it needs.
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

const source = new URL('../src/main.ts', import.meta.url)
const dist = new URL('../dist/main.js', import.meta.url)

if (Number.parseInt(process.versions.node, 10) < 24) {
  const { rerunOnNode24 } = await import('./node-24.mjs')
  rerunOnNode24(import.meta.url)
} else {
  // In the user's own cache, not in the shared temporary folder: what is cached there is executed.
  module.enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'airlock', 'compile'))
  // Imported, it would load the streams with it: a tenth of the start of a Node.
  const isClone = process.getBuiltinModule('node:fs').existsSync(source)
  if (isClone) (await import('./from-source.mjs')).resolvePackagesToSource()
  const { main } = await import(isClone ? source : dist)
  process.exitCode = await main(process.argv.slice(2))
}
