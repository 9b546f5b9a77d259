"""The `lainaamo` command: every verb of running an installation, told with an example.

Each verb loads only what it needs, so that asking for help is quick.
"""

import click

from lainaamo.cli import keeping, lists, looking, programs, serving

VERBS = (
    serving.serve,
    serving.worker,
    serving.nightly,
    serving.demo,
    lists.import_list,
    lists.labels,
    lists.export,
    lists.reindex,
    keeping.migrate,
    keeping.backup,
    keeping.restore,
    keeping.move,
    looking.doctor,
    looking.journal_group,
    looking.administrator,
    looking.bench,
    looking.prove,
    programs.token_group,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Reuse warehouse and lending desk."""


for verb in VERBS:
    main.add_command(verb)
