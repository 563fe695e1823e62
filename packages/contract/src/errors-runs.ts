/** The part of the catalogue about projects, stacks, pipelines, and their runs. */
export const runErrors = {
  project_exists: { status: 409, title: 'The project exists', remedy: 'Use it, or choose another name.' },
  project_not_found: {
    status: 404,
    title: 'No such project',
    remedy: 'See `airlock project list`; `airlock init` makes one that `airlock.config.ts` has come to name.',
  },
  stack_not_found: { status: 404, title: 'No such stack', remedy: 'See `airlock stack list`.' },
  stack_invalid: {
    status: 422,
    title: 'The stack does not hold together',
    remedy: 'Correct what `details` names and apply it again. Nothing was changed.',
  },
  flavor_not_built: {
    status: 422,
    title: 'That flavor is planned and not built yet',
    remedy: 'Use a flavor named in `details` until it is there.',
  },
  flavor_unknown: { status: 400, title: 'No such flavor', remedy: 'Use a flavor named in `details`.' },
  pipeline_not_found: { status: 404, title: 'No such pipeline', remedy: 'See `airlock pipeline list`.' },
  pipeline_is_served: {
    status: 409,
    title: 'The pipeline is served, not run',
    remedy: 'Deploy it: `airlock deployment create --pipeline NAME --name DEPLOYMENT`.',
  },
  snapshot_not_found: { status: 404, title: 'No such snapshot', remedy: 'See `airlock snapshot list`.' },
  snapshot_invalid: {
    status: 422,
    title: 'The snapshot does not hold together',
    remedy: 'Correct what `details` names and compile the pipeline again.',
  },
  snapshot_code_differs: {
    status: 409,
    title: 'The code at hand is not what the snapshot was compiled from',
    remedy:
      'Bring that code back, as with `git checkout COMMIT`, or start a new run with `airlock run PIPELINE`. Nothing was run.',
  },
  run_not_found: { status: 404, title: 'No such run', remedy: 'See `airlock run list`.' },
  run_lease_lost: {
    status: 409,
    title: 'The run is no longer held by this process',
    remedy: 'Start the run again; this one is recorded as lost.',
  },
  run_not_running: { status: 409, title: 'The run has ended', remedy: 'Start a new run.' },
  run_not_retryable: {
    status: 409,
    title: 'The run cannot be retried',
    remedy: 'Start a new run of the pipeline with `airlock run PIPELINE`.',
  },
  run_cancel_requested: {
    status: 409,
    title: 'Somebody asked for the end of the run',
    remedy: 'Start it again with `airlock run retry RUN` if it is still wanted.',
  },
  run_incomplete: {
    status: 409,
    title: 'Steps of the run have not completed',
    remedy: 'Complete or fail the steps named in `details` first.',
  },
  step_run_not_found: { status: 404, title: 'No such step in this run', remedy: 'See `airlock run show RUN`.' },
  step_not_reusable: {
    status: 409,
    title: 'The result of the earlier step cannot be taken',
    remedy: 'Nothing to do: the step is run instead.',
  },
  step_folder_full: {
    status: 507,
    title: 'There is no space left for the files of a step',
    remedy: 'Make room on the disk of the folder that is named, or set TMPDIR to a folder on another one.',
  },
  step_conflict: { status: 409, title: 'The step is not in a state for this', remedy: 'See `airlock run show RUN`.' },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
