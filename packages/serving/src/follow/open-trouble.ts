import { isPlatformError } from '@airlock-ml/contract'
import type { CarryOutOptions, Followed } from './carry-out.ts'

/** What goes wrong between a service and its workspace, and what becomes of the service then. */
export type Trouble = {
  /** An exchange failed. */
  heard: (error: unknown) => Promise<false>
  /** What was kept could not be done at the start: until the workspace is asked, nobody answers. */
  cannotStart: (what: string, error: unknown) => Promise<void>
  /** The workspace answered. */
  isThere: () => void
  /** Whether the deployment is no more. */
  isOver: () => boolean
}

export function openTrouble(
  state: Followed,
  { service, log, now, onOver }: CarryOutOptions & { onOver: (why: string) => void },
  { graceMs, signal }: { graceMs: number; signal: AbortSignal },
): Trouble {
  let wasTaken = false
  let isAway = false
  let isOver = false
  let refusedAt: number | null = null
  const nobody = async (whyNobody: string) => {
    state.target = null
    state.loaded.clear()
    await service.change({ champion: null, canary: null, whyNobody })
  }
  const cannot = (what: string, error: unknown) => {
    const fault = error instanceof Error ? error.message : String(error)
    if (state.fault !== fault.slice(0, 2_000))
      log.warn({ why: fault }, `${what}; the service goes on as it is and tries again`)
    state.fault = fault.slice(0, 2_000)
  }
  const refused = async (message: string) => {
    refusedAt ??= now().getTime()
    const isLate = !wasTaken || now().getTime() - refusedAt >= graceMs
    if (state.fault !== message)
      log.error({ graceMs: wasTaken ? graceMs : 0 }, `the workspace refuses the service: ${message}`)
    state.fault = message
    if (isLate && service.router.champion()) {
      log.error({}, 'no version answers: the workspace refuses the service')
      await nobody('The workspace refuses this service: its secret was replaced, or its deployment is no more.')
    }
  }
  return {
    cannotStart: async (what, error) => {
      cannot(what, error)
      if (!service.router.champion()) await nobody(`The service cannot start by what it kept: ${state.fault}`)
    },
    isThere: () => {
      if (isAway) log.info({}, 'the workspace is there again')
      wasTaken = true
      isAway = false
      refusedAt = null
    },
    isOver: () => isOver,
    heard: async (error) => {
      if (signal.aborted || isOver) return false
      const code = isPlatformError(error) ? error.code : null
      if (code === 'deployment_not_found') {
        isOver = true
        await nobody('The deployment was deleted.')
        onOver('The deployment was deleted.')
      } else if (code === 'unauthenticated' || code === 'forbidden') await refused((error as Error).message)
      else if (code === 'workspace_unreachable' || isLate(error)) {
        if (!isAway) log.warn({ why: (error as Error).message }, 'the workspace is away; the service answers on')
        isAway = true
      } else cannot('the service does not follow its deployment', error)
      return false
    },
  }
}

/** It took the question and did not answer it. */
const isLate = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError'
