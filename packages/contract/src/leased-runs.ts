import { z } from 'zod'
import { Id, Json } from './names.ts'
import { inProject } from './projects.ts'

/** Which run. */
export const inRun = inProject.extend({ runId: Id })

/** What everything that writes into a run brings. */
export const leased = z.object({ leaseToken: z.string().max(100) })

/** What everything that writes into a run can answer. */
export const heldErrors = ['project_not_found', 'run_not_found', 'run_lease_lost', 'run_not_running'] as const

/** What a step or a run says of itself. */
export const metadata = z.record(z.string().max(200), Json)
