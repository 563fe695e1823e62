/** The part of the catalogue about predictions in bulk. */
export const batchErrors = {
  batch_input_unfit: {
    status: 422,
    title: 'The file cannot be scored',
    remedy: 'Correct the file, or name another one: `--param input=FILE`. Nothing was written.',
  },
  batch_input_changed: {
    status: 409,
    title: 'The file changed while it was scored',
    remedy: 'Start again when nobody writes to the file, into another folder or with `--param replace=true`.',
  },
  batch_output_taken: {
    status: 409,
    title: 'The folder of the output holds something else',
    remedy:
      'Name another folder: `--param output=FOLDER`. Or have what is there removed and begin anew: `--param replace=true`.',
  },
  batch_output_unwritable: {
    status: 403,
    title: 'The folder of the output cannot be written to',
    remedy:
      'Let the user who runs this write there, or name a folder where they may: `--param output=FOLDER`. A folder that is mounted for reading only takes no predictions.',
  },
  batch_output_busy: {
    status: 409,
    title: 'Another run writes to the folder of the output',
    remedy: 'Wait for its end, or name another folder: `--param output=FOLDER`.',
  },
  batch_disk_full: {
    status: 507,
    title: 'There is no space left for the predictions',
    remedy: 'Make room on the disk of the folder and run the same command again: it goes on where it stopped.',
  },
  batch_rows_rejected: {
    status: 422,
    title: 'More rows were refused than may be',
    remedy:
      'Correct them and begin anew, or let them be refused with `--param max_rejects=N`: it goes on where it stopped, and writes them to rejects files beside the predictions.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>
