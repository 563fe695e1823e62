/** The part of the catalogue that is found on the spot, before any workspace is asked: in pipelines and by the command. */
export const localErrors = {
  // Pipelines and comparisons as they are written
  comparison_file_not_found: {
    status: 404,
    title: 'There is no file of that comparison',
    remedy: 'Check the name with `airlock comparison list`; one lives in `governance/comparisons/NAME.ts`.',
  },
  comparison_invalid: {
    status: 422,
    title: 'The declared comparison cannot be used',
    remedy: 'Correct what the message names in its file. Nothing was compared.',
  },
  environment_invalid: {
    status: 400,
    title: 'The configuration of the environment is not valid',
    remedy: 'Correct what the message names in that file, then run the same command again.',
  },
  git_repository_distrusted: {
    status: 403,
    title: 'Git does not read the repository of the project',
    remedy:
      'If you trust its owner, say so to git: `git config --global --add safe.directory FOLDER` with the folder that the message names; or make its files your own (`chown`). In a container, run as the user who owns the files.',
  },
  hook_invalid: {
    status: 422,
    title: 'A hook cannot be used',
    remedy: 'Correct the hook, or its path in `airlock.config.ts`. Nothing was run.',
  },
  parameter_invalid: {
    status: 400,
    title: 'A parameter is not valid',
    remedy: 'Correct it in the configuration of the environment, or give it with `--param NAME=VALUE`.',
  },
  pipeline_file_not_found: {
    status: 404,
    title: 'There is no file of that pipeline',
    remedy:
      'Check the name; a pipeline lives in a file of its own name in the `pipelines` folder of `airlock.config.ts`.',
  },
  pipeline_invalid: {
    status: 422,
    title: 'The pipeline cannot be compiled',
    remedy: 'Correct what the message names in the code of the pipeline or step. Nothing was run.',
  },

  // Services on this machine
  deployment_not_here: {
    status: 404,
    title: 'The service of that deployment does not run on this machine',
    remedy:
      'Go to the project folder it was started in, or bring it here: `airlock deployment start NAME --take-over`, which gives it a new secret and ends the old one.',
  },
  deployment_runs: {
    status: 409,
    title: 'The service of that deployment runs already',
    remedy:
      'Nothing was done. See it with `airlock deployment show NAME`; start it anew with `airlock deployment restart NAME`.',
  },
  deployment_code_changed: {
    status: 409,
    title: 'The kept code of the service is not what it was deployed with',
    remedy: 'Deploy the code of the project anew: `airlock deployment redeploy NAME`.',
  },
  service_not_started: {
    status: 500,
    title: 'The service did not start',
    remedy:
      'Its log says why: `airlock deployment logs NAME`. Correct it, then `airlock deployment start NAME`; the deployment itself is made.',
  },
  service_unreachable: {
    status: 503,
    title: 'The service of that deployment does not answer',
    remedy:
      'See `airlock deployment show NAME` and `airlock deployment logs NAME`; start it with `airlock deployment start NAME`.',
  },
  flavor_unavailable: {
    status: 501,
    title: 'What that flavor runs on is missing here',
    remedy: 'Install what the message names, or take another `--flavor`.',
  },

  // The command line
  cli_config_invalid: {
    status: 400,
    title: 'airlock.config.ts cannot be used',
    remedy: 'Correct what the message names; the reference project of `airlock init` shows a whole one.',
  },
  cli_confirmation_missing: {
    status: 400,
    title: 'Nobody is there to confirm',
    remedy: 'Look at what is shown, then run the same command again with `--yes`, or on a terminal.',
  },
  cli_credential_not_found: {
    status: 401,
    title: 'No key of that identity is stored',
    remedy: 'Store one with `airlock login WORKSPACE --api-key-stdin`, or name one of those in `details`.',
  },
  cli_declined: { status: 409, title: 'Not done', remedy: 'Run the same command again and answer y.' },
  cli_failed: {
    status: 500,
    title: 'The command failed',
    remedy: 'Run it again; with AIRLOCK_DEBUG=1 it says where it failed.',
  },
  cli_file_invalid: {
    status: 400,
    title: 'The file cannot be used',
    remedy: 'Correct the file or its path and run the same command again.',
  },
  cli_disk_full: {
    status: 507,
    title: 'There is no space left for the file',
    remedy: 'Make room on its disk, or name a file on another one, and run the same command again.',
  },
  cli_folder_closed: {
    status: 403,
    title: 'The folder cannot be used',
    remedy:
      'Get the right to write there from its owner (`ls -ld` shows who that is), or work in a folder of your own.',
  },
  cli_folder_not_empty: {
    status: 409,
    title: 'The folder holds something else',
    remedy: 'Choose an empty folder or an Airlock project.',
  },
  cli_project_folder_not_found: {
    status: 404,
    title: 'This is not an Airlock project',
    remedy: 'Go to a folder with an airlock.config.ts, or make one with `airlock init DIR`.',
  },
  cli_address_taken: {
    status: 409,
    title: 'Another process listens at that address',
    remedy:
      'End that process, or name another port: `airlock deployment update NAME --set port=N`, then `airlock deployment restart NAME`; `airlock up --port N` for workspaces.',
  },
  cli_server_failed: {
    status: 500,
    title: 'A workspace could not be served',
    remedy: 'Correct what the message names, then run `airlock up` again.',
  },
  cli_ended_early: {
    status: 500,
    title: 'The command was ended from inside',
    remedy:
      'Throw an error where a step should fail, instead of ending the process; a run that was under way is recorded as lost.',
  },
  cli_run_ambiguous: {
    status: 409,
    title: 'More than one run begins like that',
    remedy: 'Give more characters of the id; the message names those there are.',
  },
  cli_token_unavailable: {
    status: 400,
    title: 'The job has no token',
    remedy:
      'Give the job the permission `id-token: write`, or sign in with a key: `airlock login WORKSPACE --api-key-stdin`.',
  },
  cli_usage_invalid: {
    status: 400,
    title: 'Wrong usage',
    remedy: 'Add `--help` to the command to see what it takes.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
