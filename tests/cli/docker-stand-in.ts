import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { command } from './airlock.ts'

/** Stands for a container engine where there is none: a container is a process in the folder that its image is built from. */
export type DockerStandIn = {
  /** Where its `docker` is. */
  bin: string
  /** What it was asked, a line each, with the variables that a container was given. */
  asked: () => Promise<string[]>
}

export async function dockerStandIn(dir: string): Promise<DockerStandIn> {
  const bin = join(dir, 'bin')
  await mkdir(bin, { recursive: true })
  const serve = `"${process.execPath}" "${command}" deployment serve`
  const script = `#!/bin/sh
cd "${dir}" || exit 1
echo "$@" >> asked
case "$1 $2" in
'image ls') [ ! -f image ] || echo 0123 ;;
'container ls') [ ! -f pid ] || { kill -0 "$(cat pid)" 2> /dev/null && echo running || echo exited; } ;;
build*) for last; do :; done; echo "$last" > image ;;
run*)
  name=''
  while [ $# -gt 0 ]; do
    case "$1" in
    --env-file) cat "$2" >> asked; set -a; . "$2"; set +a ;;
    --publish) port=$(echo "$2" | cut -d: -f2) ;;
    airlock/*) path=\${1%:*}; name=\${path##*/}; workspace=\${path#*/}; workspace=\${workspace%/*} ;;
    esac
    shift
  done
  cd "$(cat image)" || exit 1
  nohup ${serve} "$name" --workspace "$workspace" --host 127.0.0.1 --port "$port" > "${dir}/log" 2>&1 &
  echo $! > "${dir}/pid" ;;
stop*) kill "$(cat pid)"; while kill -0 "$(cat pid)" 2> /dev/null; do sleep 0.1; done ;;
rm*) rm pid ;;
logs*) cat log ;;
esac
`
  await writeFile(join(bin, 'docker'), script, { mode: 0o755 })
  return { bin, asked: async () => (await readFile(join(dir, 'asked'), 'utf8')).trimEnd().split('\n') }
}
